import { StateEffect, StateField } from '@codemirror/state';
import type { DecorationSet } from '@codemirror/view';
import { Decoration, EditorView } from '@codemirror/view';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import { CodeMirrorEditor } from '@jupyterlab/codemirror';

/** Milliseconds that a line stays marked in an editor that is the user's own; as long as the fading in the style sheet. */
const PASSING = 2500;

/** A line to mark, from 1; null for none. */
const setMark = StateEffect.define<{ line: number; passes: boolean } | null>();

const staying = Decoration.line({ class: 'jp-Hotspots-marked-line' });
const passing = Decoration.line({ class: 'jp-Hotspots-marked-line jp-mod-passing' });

/** The one marked line of an editor. */
const mark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    for (const effect of transaction.effects) {
      if (effect.is(setMark)) {
        const { doc } = transaction.state;
        const { value } = effect;
        return value && value.line <= doc.lines
          ? Decoration.set([(value.passes ? passing : staying).range(doc.line(value.line).from)])
          : Decoration.none;
      }
    }
    return marks.map(transaction.changes);
  },
  provide: field => EditorView.decorations.from(field)
});

/**
 * Put the cursor onto a line, bring the line to the middle of the view, and mark it.
 *
 * @param line - From 1; a line past the end is the last one.
 * @param passes - Whether the mark fades away by itself.
 */
export function showLine(editor: CodeEditor.IEditor, line: number, passes: boolean): void {
  const place = Math.max(1, Math.min(editor.lineCount, line));
  const position = { line: place - 1, column: 0 };
  editor.setCursorPosition(position);
  if (!(editor instanceof CodeMirrorEditor)) {
    editor.revealPosition(position);
    return;
  }
  const view = editor.editor;
  if (view.state.field(mark, false) === undefined) {
    view.dispatch({ effects: StateEffect.appendConfig.of(mark) });
  }
  view.dispatch({
    effects: [
      setMark.of({ line: place, passes }),
      EditorView.scrollIntoView(editor.getOffsetAt(position), { y: 'center' })
    ]
  });
  if (passes) {
    setTimeout(() => {
      if (!editor.isDisposed) {
        view.dispatch({ effects: setMark.of(null) });
      }
    }, PASSING);
  }
}
