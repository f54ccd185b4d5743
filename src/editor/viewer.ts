import { MainAreaWidget } from '@jupyterlab/apputils';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import { CodeEditor, CodeEditorWrapper } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { textEditorIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';

import type { SourceAnswer } from '../api/generated/rest';
import { baseName } from '../runs/format';
import { showLine } from './linemark';

/** The text of a file that the lab cannot open, to be read only. */
class ReadOnlySource extends CodeEditorWrapper {
  constructor(source: SourceAnswer, editors: IEditorServices) {
    super({
      model: new CodeEditor.Model({ mimeType: editors.mimeTypeService.getMimeTypeByFilePath(source.file) }),
      factory: editors.factoryService.newDocumentEditor,
      editorOptions: { config: { readOnly: true, lineNumbers: true } }
    });
    this.model.sharedModel.setSource(source.text);
  }

  /** Mark a line and bring it into view. */
  mark(line: number | null): void {
    this._line = line;
    this._reveal();
  }

  protected override onResize(msg: Widget.ResizeMessage): void {
    super.onResize(msg);
    this._reveal();
  }

  /** Bring the line into view, once: as soon as there is a view. */
  private _reveal(): void {
    const line = this._line;
    if (line === null || this.node.clientHeight === 0) {
      return;
    }
    this._line = null;
    // The editor learns its own height when it is drawn.
    requestAnimationFrame(() => {
      if (!this.isDisposed) {
        showLine(this.editor, line, false);
      }
    });
  }

  private _line: number | null = null;
}

/** A main-area widget with a file's text, read only, and its path above it. */
export class SourceViewer extends MainAreaWidget<ReadOnlySource> {
  constructor(options: { source: SourceAnswer; editors: IEditorServices; trans: TranslationBundle }) {
    const { source, editors, trans } = options;
    super({ content: new ReadOnlySource(source, editors) });
    this.addClass('jp-Hotspots-source');
    this.title.label = baseName(source.file);
    this.title.caption = trans.__('%1 (read only)', source.file);
    this.title.icon = textEditorIcon;
    this.title.closable = true;
    const path = new Widget();
    path.addClass('jp-Hotspots-source-path');
    path.node.textContent = trans.__('%1 (read only: it lies outside the folder that this lab shows)', source.file);
    path.node.title = source.file;
    this.toolbar.hide();
    this.contentHeader.addWidget(path);
  }
}
