import { StateEffect, StateField } from '@codemirror/state';
import type { DecorationSet } from '@codemirror/view';
import { Decoration, EditorView } from '@codemirror/view';
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import { CodeEditor, CodeEditorWrapper } from '@jupyterlab/codeeditor';
import { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { TranslationBundle } from '@jupyterlab/translation';
import { textEditorIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';

import type { SourceAnswer } from '../api/generated/rest';
import { baseName } from '../runs/format';

const setMark = StateEffect.define<number | null>();
const markedLine = Decoration.line({ class: 'jp-Hotspots-marked-line' });

/** The one marked line of a viewer. */
const mark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    for (const effect of transaction.effects) {
      if (effect.is(setMark)) {
        const { value } = effect;
        const { doc } = transaction.state;
        return value === null || value < 1 || value > doc.lines
          ? Decoration.none
          : Decoration.set([markedLine.range(doc.line(value).from)]);
      }
    }
    return marks.map(transaction.changes);
  },
  provide: field => EditorView.decorations.from(field)
});

/** The text of a file that the lab cannot open, to be read only. */
class ReadOnlySource extends CodeEditorWrapper {
  constructor(source: SourceAnswer, editors: IEditorServices) {
    super({
      model: new CodeEditor.Model({ mimeType: editors.mimeTypeService.getMimeTypeByFilePath(source.file) }),
      factory: editors.factoryService.newDocumentEditor,
      editorOptions: { config: { readOnly: true, lineNumbers: true } }
    });
    this.model.sharedModel.setSource(source.text);
    if (this.editor instanceof CodeMirrorEditor) {
      this.editor.editor.dispatch({ effects: StateEffect.appendConfig.of(mark) });
    }
  }

  /** Mark a line and bring it into view. */
  mark(line: number | null): void {
    if (this.editor instanceof CodeMirrorEditor) {
      this.editor.editor.dispatch({ effects: setMark.of(line) });
    }
    if (line !== null) {
      const position = { line: Math.max(0, Math.min(this.editor.lineCount, line) - 1), column: 0 };
      this.editor.setCursorPosition(position);
      this.editor.revealPosition(position);
    }
  }
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
    this.toolbar.addItem('path', path);
  }
}
