import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileEditor } from '@jupyterlab/fileeditor';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { SourceAnswer } from '../api/generated/rest';
import { showLine } from './linemark';
import type { ISourceViews } from './opener';
import { SourceViewer } from './viewer';

/** The factory of plain text editors; a file's default one may be something else (a notebook, for jupytext). */
const EDITOR_FACTORY = 'Editor';

/** Editors and viewers of the lab. */
export class LabSourceViews implements ISourceViews {
  constructor(options: {
    app: JupyterFrontEnd;
    documents: IDocumentManager | null;
    editors: IEditorServices;
    trans: TranslationBundle;
  }) {
    this._app = options.app;
    this._documents = options.documents;
    this._editors = options.editors;
    this._trans = options.trans;
  }

  async openInEditor(path: string, line: number | null): Promise<boolean> {
    const documents = this._documents;
    const factory = documents?.registry.getWidgetFactory(EDITOR_FACTORY)?.name;
    // A hidden folder, such as an environment in the lab's own folder, is not served.
    const isServed = await this._app.serviceManager.contents.get(path, { content: false }).catch(() => null);
    const widget = factory && isServed ? documents?.openOrReveal(path, factory) : undefined;
    if (!widget) {
      return false;
    }
    await widget.context.ready;
    await widget.revealed;
    if (!(widget.content instanceof FileEditor)) {
      return false;
    }
    this._app.shell.activateById(widget.id);
    await widget.content.ready;
    const { editor } = widget.content;
    editor.focus();
    // What was just added has no size yet, and nothing can be brought into view in it.
    requestAnimationFrame(() => {
      if (line !== null && !editor.isDisposed) {
        showLine(editor, line, true);
      }
    });
    return true;
  }

  openInViewer(source: SourceAnswer, line: number | null): void {
    const viewer = this._viewers.get(source.file) ?? this._addViewer(source);
    this._app.shell.activateById(viewer.id);
    viewer.content.mark(line);
  }

  private _addViewer(source: SourceAnswer): SourceViewer {
    const viewer = new SourceViewer({ source, editors: this._editors, trans: this._trans });
    this._viewers.set(source.file, viewer);
    viewer.disposed.connect(() => this._viewers.delete(source.file));
    this._app.shell.add(viewer, 'main', { type: 'Hotspots source' });
    return viewer;
  }

  private readonly _app: JupyterFrontEnd;
  private readonly _documents: IDocumentManager | null;
  private readonly _editors: IEditorServices;
  private readonly _trans: TranslationBundle;
  private readonly _viewers = new Map<string, SourceViewer>();
}
