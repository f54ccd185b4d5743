import type { Contents } from '@jupyterlab/services';
import { PathExt } from '@jupyterlab/coreutils';

/** Milliseconds that a folder's listing is used again. */
const FRESH = 5000;

/** Suggestions shown at most. */
const MOST = 50;

/** Which entries of a folder are offered. */
export type Wanted = 'scripts' | 'folders';

/** Completes paths from the server's contents. */
export class PathCompleter {
  constructor(contents: Contents.IManager) {
    this._contents = contents;
  }

  /**
   * Paths that continue what was typed: folders (with a slash at the end) and, if wanted, Python files.
   * Nothing where the folder cannot be read: an absolute path outside the server's root has no suggestions.
   */
  async complete(typed: string, wanted: Wanted): Promise<string[]> {
    if (typed.startsWith('-') || typed.startsWith('~')) {
      return [];
    }
    const slash = typed.lastIndexOf('/');
    const folder = typed.slice(0, slash + 1);
    const part = typed.slice(slash + 1).toLowerCase();
    const entries = await this._list(folder);
    return entries
      .filter(({ name, type }) => type === 'directory' || (wanted === 'scripts' && /\.py$/i.test(name)))
      .filter(({ name }) => name.toLowerCase().startsWith(part) && (part.startsWith('.') || !name.startsWith('.')))
      .sort(
        (one, other) => Number(one.type === 'directory') - Number(other.type === 'directory') || compare(one, other)
      )
      .slice(0, MOST)
      .map(({ name, type }) => `${folder}${name}${type === 'directory' ? '/' : ''}`);
  }

  private async _list(folder: string): Promise<readonly IEntry[]> {
    const known = this._listings.get(folder);
    if (known && Date.now() - known.at < FRESH) {
      return known.entries;
    }
    let entries: IEntry[] = [];
    try {
      const model = await this._contents.get(PathExt.normalize(folder).replace(/^\.$/, '').replace(/\/$/, ''), {
        content: true,
        type: 'directory'
      });
      entries = ((model.content ?? []) as Contents.IModel[]).map(({ name, type }) => ({ name, type }));
    } catch {
      // A folder that does not exist (yet): nothing to offer.
    }
    this._listings.set(folder, { at: Date.now(), entries });
    return entries;
  }

  private readonly _contents: Contents.IManager;
  private readonly _listings = new Map<string, { at: number; entries: readonly IEntry[] }>();
}

interface IEntry {
  name: string;
  type: string;
}

function compare(one: IEntry, other: IEntry): number {
  return one.name < other.name ? -1 : 1;
}
