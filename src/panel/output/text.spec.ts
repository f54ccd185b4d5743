import { describe, expect, it } from 'vitest';

import { plainText } from './text';

describe('plainText', () => {
  it.each([
    ['plain\ttext\n', 'plain\ttext\n'],
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    [' 10 %\r 50 %\r100 %\ndone', '100 %\ndone'],
    ['long line\rshort', 'shortline'],
    ['windows\r\nline', 'windows\nline'],
    ['bell\u0007 and null\u0000', 'bell and null'],
    ['<b>not html</b> \ufffd', '<b>not html</b> \ufffd']
  ])('%j is shown as %j', (text, shown) => expect(plainText(text)).toBe(shown));
});
