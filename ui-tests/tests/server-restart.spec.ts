import type { ChildProcess } from 'child_process';
import { spawn } from 'child_process';
import * as fs from 'fs';
import * as net from 'net';
import * as path from 'path';

import { expect, load, test, UNTIL_RELEASED } from './hotspots';

// A server of its own, so that it can be killed; Galata would ask it for the kernels it counts.
test.use({ loads: false, kernels: null, sessions: null, terminals: null });

test('a run goes on when the server is killed, and the panel shows it again when there is one', async ({
  page,
  panel,
  playwright
}) => {
  test.setTimeout(240_000);
  const server = new Server(await freePort());
  try {
    await server.start();
    const request = await playwright.request.newContext({ baseURL: server.url });
    const status = async (id: string): Promise<string> => {
      const { summary } = (await (await request.get(`hotspots/runs/${id}`)).json()) as { summary: { status: string } };
      return summary.status;
    };
    fs.writeFileSync(path.join(server.root, 'long.py'), UNTIL_RELEASED);
    const release = path.join(server.root, 'release');
    await load(page, plain => plain.goto(`${server.url}/lab`));
    await panel.open();
    await panel.unfold('Output');
    await panel.script.fill('long.py');
    await panel.script.press('Escape');
    await panel.arguments.fill(`'${release}'`);
    await panel.setWidth(460);
    await panel.profile.click();
    await panel.expectRow('square_sum');
    const id = await panel.runId();

    await test.step('the server is killed', async () => {
      await server.kill();
      await expect(panel.notices.filter({ hasText: 'The connection to the server is lost.' })).toContainText(
        'Runs go on without it.'
      );
    });
    const before = await panel.calls('square_sum');

    await test.step('another one is started: the run never stopped, and its rows go on without a reload', async () => {
      await server.start();
      expect(await status(id)).toBe('running');
      await dismissLabDialog();
      await tryNow();
      await expect(panel.notices.filter({ hasText: 'The connection to the server is lost.' })).toBeHidden();
      await expect.poll(() => panel.calls('square_sum')).toBeGreaterThan(before);
      await expect(panel.shownRun).toHaveAttribute('data-run', id);
    });

    await test.step('killed again while nobody looks: a new page shows how it ended', async () => {
      await page.mainFrame().goto('about:blank');
      await server.kill();
      fs.writeFileSync(release, '');
      await server.start();
      await expect.poll(() => status(id)).toBe('succeeded');
      await load(page, plain => plain.goto(`${server.url}/lab`));
      await expect(panel.profile).toBeVisible();
      await panel.runNamed('long.py').first().click();
      await panel.expectStatus('succeeded');
      await panel.expectRow('square_sum');
      await expect(panel.output).toContainText('released after');
    });
    await request.dispose();
  } finally {
    await server.kill();
  }

  /** JupyterLab's own word about the lost server, where it comes. */
  async function dismissLabDialog(): Promise<void> {
    const dialog = page.getByRole('dialog').getByRole('button', { name: /Dismiss|OK|Close/ });
    if (await dialog.first().isVisible()) {
      await dialog.first().click();
    }
  }

  /** Somebody who waits presses it; without that the next attempt comes by itself. */
  async function tryNow(): Promise<void> {
    await panel.notices
      .getByRole('button', { name: 'Try now' })
      .click({ timeout: 2000 })
      .catch(() => undefined);
  }
});

/** A JupyterLab that can be killed and started again on the same folders and port. */
class Server {
  constructor(private readonly _port: number) {
    fs.mkdirSync(this.root, { recursive: true });
    // Whatever ends the tests, it must not be left behind.
    process.once('exit', () => this._process?.kill('SIGKILL'));
  }

  get url(): string {
    return `http://localhost:${this._port}`;
  }

  get root(): string {
    return path.join(this._work, 'root');
  }

  async start(): Promise<void> {
    const log = fs.openSync(path.join(this._work, 'server.log'), 'a');
    this._process = spawn('jupyter-lab', ['--config', path.join(__dirname, '..', 'jupyter_server_test_config.py')], {
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        HOTSPOTS_UI_WORK: this._work,
        HOTSPOTS_UI_PORT: String(this._port),
        HOTSPOTS_STORE: path.join(this._work, 'store'),
        JUPYTERLAB_GALATA_ROOT_DIR: this.root
      }
    });
    fs.closeSync(log);
    const isUp = (): Promise<boolean> =>
      fetch(`${this.url}/api/status`).then(
        answer => answer.ok,
        () => false
      );
    await expect.poll(isUp, { timeout: 90_000 }).toBe(true);
  }

  /** At once and without a farewell. */
  async kill(): Promise<void> {
    const child = this._process;
    this._process = null;
    if (child && child.exitCode === null) {
      const gone = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
  }

  private readonly _work = fs.mkdtempSync(path.join(process.env['HOTSPOTS_UI_WORK']!, 'restarted-'));
  private _process: ChildProcess | null = null;
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
