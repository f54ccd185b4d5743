/** The same server and browser as for the tests, to measure. Started by `benchmarks/panel_latency.py`. */
const base = require('../playwright.config.js');

module.exports = {
  ...base,
  testDir: __dirname,
  retries: 0,
  timeout: 900_000,
  use: { ...base.use, trace: 'off' }
};
