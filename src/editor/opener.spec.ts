import { describe, expect, it } from 'vitest';

import { HotspotsError } from '../api/errors';
import { MemoryClient } from '../testing/client';
import { SourceOpener } from './opener';

const SOURCE = { file: '/home/me/a.py', contents_path: 'a.py', text: 'x = 1\n', changed: false };

function make(canEdit = true): { opener: SourceOpener; client: MemoryClient; opened: string[] } {
  const client = new MemoryClient();
  const opened: string[] = [];
  client.sources = {
    '/home/me/a.py': SOURCE,
    '/home/me/new.py': { ...SOURCE, file: '/home/me/new.py', changed: true },
    '/usr/lib/b.py': { ...SOURCE, file: '/usr/lib/b.py', contents_path: null }
  };
  const views = {
    openInEditor: async (path: string, line: number | null) => {
      opened.push(`editor ${path}:${line}`);
      return canEdit;
    },
    openInViewer: ({ file }: { file: string }, line: number | null) => void opened.push(`viewer ${file}:${line}`)
  };
  return { opener: new SourceOpener(client, views, { builtin: 'built in', changed: 'changed' }), client, opened };
}

describe('SourceOpener', () => {
  it('opens a file of the lab in an editor', async () => {
    const { opener, opened } = make();
    expect(await opener.open({ run: '01A', file: '/home/me/a.py', line: 7 })).toBe('');
    expect(opened).toEqual(['editor a.py:7']);
  });

  it('shows a file outside of the lab in a viewer', async () => {
    const { opener, opened } = make();
    await opener.open({ run: '01A', file: '/usr/lib/b.py', line: 3 });
    expect(opened).toEqual(['viewer /usr/lib/b.py:3']);
  });

  it('falls back to the viewer where there is no editor', async () => {
    const { opener, opened } = make(false);
    await opener.open({ run: '01A', file: '/home/me/a.py', line: 7 });
    expect(opened).toEqual(['editor a.py:7', 'viewer /home/me/a.py:7']);
  });

  it('says that the file was changed since', async () => {
    expect(await make().opener.open({ run: '01A', file: '/home/me/new.py', line: 1 })).toBe('changed');
  });

  it('says quietly that built-ins have no source, without asking', async () => {
    const { opener, client, opened } = make();
    expect(await opener.open({ run: '01A', file: null, line: null })).toBe('built in');
    expect([client.calls, opened]).toEqual([[], []]);
  });

  it('says why a file cannot be shown', async () => {
    const { opener, client, opened } = make();
    client.failure = new HotspotsError('The file is gone.', { hint: 'It may have been moved.' });
    expect(await opener.open({ run: '01A', file: '/home/me/a.py', line: 7 })).toBe(
      'The file is gone. It may have been moved.'
    );
    expect(opened).toEqual([]);
  });
});
