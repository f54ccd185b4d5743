// Has speedscope's own page open a file, and prints what it took it for: what its "Export" would save.
// Usage: node open_in_speedscope.mjs FILE
//
// The npm package has the page only, no importer to call, so the page runs in jsdom. It hears of the file as from
// speedscope's command line: by a script beside the page, named in its hash, that calls `loadFileFromBase64`.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { JSDOM, VirtualConsole } from 'jsdom';

const PATIENCE_MS = 60_000;
const file = process.argv[2];
const release = join(dirname(createRequire(import.meta.url).resolve('speedscope/package.json')), 'dist', 'release');
const page = readdirSync(release).find(name => /^speedscope-.*\.js$/.test(name));

const said = [];
// It is asked again and again, also while it is still busy with the file, and may stumble over that.
for (const kind of ['uncaughtException', 'unhandledRejection']) {
  process.on(kind, error => said.push(String(error)));
}
const hears = new VirtualConsole();
for (const level of ['log', 'warn', 'error', 'jsdomError']) {
  hears.on(level, (...words) => {
    said.push(words.map(String).join(' '));
    if (/^Failed to load/.test(said.at(-1))) end(1, ...said);
  });
}
const { window } = new JSDOM('<!DOCTYPE html><body></body>', {
  runScripts: 'outside-only',
  pretendToBeVisual: true,
  // An origin that has storage; nothing is loaded from it.
  url: 'http://localhost/#localProfilePath=none',
  virtualConsole: hears
});
const end = (status, ...words) => {
  if (words.length) process.stderr.write(`${words.join('\n')}\n`);
  // jsdom's timers would go on.
  process.exit(status);
};
// What jsdom lacks and the page asks for; there is nothing to draw on, and no system that prefers the dark.
window.matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {} });
window.HTMLCanvasElement.prototype.getContext = () => null;
window.Element.prototype.scrollIntoView = () => {};
window.TextDecoder = TextDecoder;
window.alert = words => end(1, words, ...said);
// "Export" offers a blob for download.
window.URL.createObjectURL = blob => {
  const reader = new window.FileReader();
  reader.onload = () => {
    writeFileSync(1, reader.result);
    end(0);
  };
  reader.readAsText(blob);
  return 'blob:saved';
};
window.eval(readFileSync(join(release, page), 'utf8'));

const start = Date.now();
let asked = false;
setInterval(() => {
  if (Date.now() - start > PATIENCE_MS) end(1, 'speedscope opened nothing.', ...said);
  if (!window.speedscope) return;
  if (!asked) {
    asked = true;
    window.speedscope.loadFileFromBase64(basename(file), readFileSync(file).toString('base64'));
  }
  window.dispatchEvent(new window.KeyboardEvent('keydown', { key: 's', ctrlKey: true }));
}, 50);
