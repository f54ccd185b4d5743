/**
 * JupyterLab with Hotspots, on a store and folders of its own under `.work/`, driven in the Chromium that is installed.
 *
 * HOTSPOTS_CHROMIUM  the browser's executable; else Debian's
 * HOTSPOTS_UI_PORT   the server's port; else a free one
 * HOTSPOTS_UI_WORK   the folder for all that is written; else one under `.work/`, and `test-results/`
 * HOTSPOTS_UI_BIN    the folder of the `jupyter` to test; else the checkout's environment
 */
const { execFileSync } = require('child_process');
const fs = require('fs');
const path = require('path');

const base = require('@jupyterlab/galata/lib/playwright-config');

const checkout = path.resolve(__dirname, '..');
const isWorker = process.env.TEST_WORKER_INDEX !== undefined;

// What is set here reaches the server and the workers, which read this file again.
process.env.HOTSPOTS_UI_RESULTS ??= process.env.HOTSPOTS_UI_WORK
  ? path.join(process.env.HOTSPOTS_UI_WORK, 'results')
  : path.join(__dirname, 'test-results');
process.env.HOTSPOTS_UI_WORK ??= path.join(__dirname, '.work', String(process.pid));
process.env.HOTSPOTS_UI_PORT ??= freePort();
const own = process.env.HOTSPOTS_UI_BIN ?? path.join(checkout, '.venv', 'bin');
if (fs.existsSync(own) && !process.env.PATH.split(path.delimiter).includes(own)) {
  process.env.PATH = `${own}${path.delimiter}${process.env.PATH}`;
}

const work = process.env.HOTSPOTS_UI_WORK;
const baseURL = `http://localhost:${process.env.HOTSPOTS_UI_PORT}`;
if (!isWorker) {
  clearUp(path.join(__dirname, '.work'));
  fs.mkdirSync(path.join(work, 'root'), { recursive: true });
}
Object.assign(process.env, {
  HOTSPOTS_STORE: path.join(work, 'store'),
  JUPYTER_DATA_DIR: path.join(work, 'data'),
  JUPYTER_CONFIG_DIR: path.join(work, 'config'),
  JUPYTER_RUNTIME_DIR: path.join(work, 'runtime'),
  IPYTHONDIR: path.join(work, 'ipython'),
  JUPYTERLAB_GALATA_ROOT_DIR: path.join(work, 'root')
});

module.exports = {
  ...base,
  testDir: 'tests',
  outputDir: process.env.HOTSPOTS_UI_RESULTS,
  // One at a time: runs that share the cores wait for each other, and there is one history.
  workers: 1,
  fullyParallel: false,
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    ...base.use,
    baseURL,
    actionTimeout: 30_000,
    viewport: { width: 1280, height: 800 },
    video: 'off',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.HOTSPOTS_CHROMIUM || '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-dev-shm-usage'
      ]
    }
  },
  webServer: {
    // What the server says is kept for when something fails; it would only drown the tests' own lines.
    command: 'exec jupyter lab --config jupyter_server_test_config.py > "$HOTSPOTS_UI_WORK/server.log" 2>&1',
    cwd: __dirname,
    url: `${baseURL}/lab`,
    timeout: 120_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5000 }
  }
};

/** Remove what earlier times have left, each in a folder named by its process; what still goes on is left alone. */
function clearUp(folder) {
  for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    try {
      process.kill(Number(name), 0);
    } catch {
      try {
        fs.rmSync(path.join(folder, name), { recursive: true, force: true });
      } catch {
        // Something that got away still writes there. The next time, then.
      }
    }
  }
}

/** A port that nobody listens on. Asked in a process of its own: a configuration cannot wait. */
function freePort() {
  const ask = `const server = require('net').createServer();
    server.listen(0, '127.0.0.1', () => { console.log(server.address().port); server.close(); });`;
  return execFileSync(process.execPath, ['-e', ask], { encoding: 'utf8' }).trim();
}
