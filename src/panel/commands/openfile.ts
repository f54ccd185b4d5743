import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IEditorTracker } from '@jupyterlab/fileeditor';
import type { Contents } from '@jupyterlab/services';

/**
 * The path of the Python file in the editor that was used last, relative to the server's root; null if there is none.
 */
export function openPythonFile(editors: IEditorTracker | null, contents: Contents.IManager): string | null {
  const path = editors?.currentWidget?.context.path;
  return path && /\.py$/i.test(path) ? contents.localPath(path) : null;
}

/** Save a file if it is open and was changed: what runs is what is seen. */
export async function saveIfOpen(path: string, documents: IDocumentManager | null): Promise<void> {
  const widget = documents?.findWidget(path, null);
  const context = widget && documents?.contextForWidget(widget);
  if (context?.model.dirty && !context.model.readOnly) {
    await context.save();
  }
}
