import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';

const CHECKOUT = path.resolve(__dirname, '..', '..');
const REAL = path.resolve(CHECKOUT, '..', 'shared', 'data', 'alerts_320.parquet');

/** Alerts for the reference pipeline. */
export interface IAlerts {
  file: string;
  /** What they are, for the report. */
  kind: string;
  count: number;
}

/** 320 real alerts where they are at hand beside the checkout, else as many simulated ones. */
export const ALERTS: IAlerts = fs.existsSync(REAL)
  ? { file: REAL, kind: 'real alerts', count: 320 }
  : {
      file: path.join(process.env['HOTSPOTS_UI_WORK']!, 'alerts.parquet'),
      kind: 'simulated alerts: no real ones lie beside this checkout',
      count: 320
    };

/** Make the simulated alerts, if those are used. */
export function makeAlerts(): void {
  if (!fs.existsSync(ALERTS.file)) {
    const options = ['--alerts', String(ALERTS.count), '--seed', '1', '--output', ALERTS.file];
    execFileSync('jupyter-hotspots', ['reference', 'simulate', ...options], { stdio: 'pipe' });
  }
}

/**
 * Put the pipeline into a folder as somebody who works on it has it: the script `pipeline.py`, and beside it the
 * package with the stages, which therefore goes before the one that is installed.
 */
export function copyPipeline(folder: string): void {
  const from = path.join(CHECKOUT, 'python_ext', 'jupyterlab_hotspots');
  const to = path.join(folder, 'jupyterlab_hotspots');
  const isWanted = (source: string): boolean => fs.statSync(source).isDirectory() || source.endsWith('.py');
  fs.cpSync(path.join(from, 'reference'), path.join(to, 'reference'), { recursive: true, filter: isWanted });
  for (const name of ['__init__.py', 'errors.py']) {
    fs.copyFileSync(path.join(from, name), path.join(to, name));
  }
  fs.copyFileSync(path.join(from, 'reference', 'pipeline.py'), path.join(folder, 'pipeline.py'));
}

/** The line, from 1, of the first line of a file that begins like this. */
export function lineOf(file: string, beginning: string): number {
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  return lines.findIndex(line => line.startsWith(beginning)) + 1;
}
