/**
 * What a terminal would show of a program's output, as plain text.
 */

// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g;

/** Control characters that have no picture; tab, line feed and carriage return are not among them. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/**
 * Terminal text as plain text: colours and other escape sequences are left out, and what a carriage return has
 * overwritten is gone, so that a progress bar is one line and not a thousand.
 */
export function plainText(text: string): string {
  const bare = text.includes('\u001b') ? text.replace(ESCAPES, '') : text;
  return bare.split('\n').map(overwrite).join('\n').replace(CONTROLS, '');
}

function overwrite(line: string): string {
  if (!line.includes('\r')) {
    return line;
  }
  let shown = '';
  for (const part of line.split('\r')) {
    // What is shorter than what it overwrites leaves the rest standing, as on a terminal.
    shown = part + shown.slice(part.length);
  }
  return shown;
}
