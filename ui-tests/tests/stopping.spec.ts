import * as fs from 'fs';

import { expect, test } from './hotspots';

/** Starts children of three kinds, one of which leaves the session, and says who they are. */
const FAMILY = `import os
import subprocess
import sys
import time

CHILD = "import time\\nwhile True: time.sleep(0.2)"
GRANDCHILD = f"import subprocess, sys, time\\nprint(subprocess.Popen([sys.executable, '-c', {CHILD!r}]).pid, flush=True)\\ntime.sleep(600)"


def start_family():
    child = subprocess.Popen([sys.executable, "-c", CHILD])
    parent = subprocess.Popen([sys.executable, "-c", GRANDCHILD], stdout=subprocess.PIPE, text=True)
    away = subprocess.Popen([sys.executable, "-c", CHILD], start_new_session=True)
    return [os.getpid(), child.pid, parent.pid, int(parent.stdout.readline()), away.pid]


def wait():
    while True:
        time.sleep(0.05)


family = start_family()
with open(sys.argv[1] + ".part", "w") as file:
    file.write(" ".join(map(str, family)))
os.rename(sys.argv[1] + ".part", sys.argv[1])
wait()
`;

test('Stop ends a script and every process that it has started', async ({ panel }) => {
  panel.write('family.py', FAMILY);
  const pids = panel.file('pids');
  await panel.open();
  await expect(panel.stop).toBeDisabled();
  await panel.start('family.py', `'${pids}'`);
  await expect.poll(() => fs.existsSync(pids)).toBe(true);
  const family = fs.readFileSync(pids, 'utf8').split(' ').map(Number);
  expect(family).toHaveLength(5);
  expect(family.filter(isAlive)).toEqual(family);
  await panel.expectRow('time.sleep');

  const places = async (): Promise<unknown[]> => [await panel.stop.boundingBox(), await panel.profile.boundingBox()];
  const before = await places();
  const { length } = await panel.runs();
  await panel.stop.click();
  await panel.expectStatus('cancelled');
  await expect.poll(() => family.filter(isAlive)).toEqual([]);
  await expect(panel.stop).toBeDisabled();
  expect(await places(), 'nothing has moved').toEqual(before);
  await panel.stop.click({ force: true });
  expect(await panel.runs(), 'and a click more starts nothing').toHaveLength(length);
  // What was measured until then is kept.
  await panel.expectRow('time.sleep');
});

/** Whether a process is there and not only waits to be forgotten by its parent. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
