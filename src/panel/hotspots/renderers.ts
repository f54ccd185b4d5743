import type { CellRenderer, GraphicsContext } from '@lumino/datagrid';
import { TextRenderer } from '@lumino/datagrid';

import { placeOf } from '../../runs/names';
import type { IRow } from '../../runs/rows';
import { isLibrary } from '../../runs/rows';
import type { ICanvasTheme } from '../theme';
import { heatColor } from '../theme';
import type { RowsModel } from './model';

/** Pixels between a cell's edge and its text. */
const PADDING = 6;

/** Pixels of a row with one line of text, and with the place in a second one. */
export const ROW_HEIGHT = { single: 22, double: 36 } as const;

/** Draws figures to the right, with the share as a bar behind. */
class FigureRenderer extends TextRenderer {
  constructor(
    private readonly _model: RowsModel,
    private readonly _theme: ICanvasTheme,
    private readonly _withBar: boolean
  ) {
    super({
      font: `${_theme.fontSize - 1}px ${_theme.fontFamily}`,
      textColor: config => (_withBar ? _theme.text : dimIfLibrary(_model.at(config.row), _theme)),
      horizontalAlignment: 'right',
      horizontalPadding: PADDING,
      elideDirection: 'none'
    });
  }

  override drawBackground(gc: GraphicsContext, config: CellRenderer.CellConfig): void {
    const row = this._withBar ? this._model.at(config.row) : null;
    const share = row ? (this._model.columns[config.column]?.bar?.(row) ?? 0) : 0;
    if (share > 0) {
      gc.fillStyle = heatColor(this._theme, share);
      gc.fillRect(config.x, config.y + 1, Math.max(1, (config.width - 1) * Math.min(1, share)), config.height - 3);
    }
  }
}

/** Draws a hot spot's name and, where there is room, its place: below it in a high row, else behind it. */
class NameRenderer extends TextRenderer {
  constructor(
    private readonly _model: RowsModel,
    private readonly _theme: ICanvasTheme,
    private readonly _builtin: string
  ) {
    super({
      font: `${_theme.fontSize - 1}px ${_theme.fontFamily}`,
      textColor: config => dimIfLibrary(_model.at(config.row), _theme),
      horizontalPadding: PADDING,
      elideDirection: 'right'
    });
  }

  override drawText(gc: GraphicsContext, config: CellRenderer.CellConfig): void {
    const row = this._model.at(config.row);
    const { table } = this._model;
    const place = row ? placeOf(row, table) || (table === 'functions' ? this._builtin : '') : '';
    const { x, y, width, height } = config;
    const room = width - 2 * PADDING;
    gc.textBaseline = 'middle';
    gc.textAlign = 'left';
    const isCode = table !== 'functions' && row?.source && !row.type;
    const family = isCode ? this._theme.codeFontFamily : this._theme.fontFamily;
    const nameFont = `${this._theme.fontSize - 1}px ${family}`;
    const placeFont = `${this._theme.fontSize - 2}px ${this._theme.fontFamily}`;
    const isDouble = height >= ROW_HEIGHT.double;
    const nameY = y + (isDouble && place ? height * 0.31 : height / 2);
    gc.font = placeFont;
    gc.fillStyle = this._theme.faintText;
    // Code without its place in a second line has at least its number in front, as in an editor.
    let indent = 0;
    if (isCode && !isDouble && row.line !== null) {
      indent = Math.max(gc.measureText('0000').width, gc.measureText(String(row.line)).width) + PADDING;
      gc.textAlign = 'right';
      gc.fillText(String(row.line), x + indent, nameY);
      gc.textAlign = 'left';
    }
    gc.font = nameFont;
    gc.fillStyle = dimIfLibrary(row, this._theme);
    const name = elide(gc, String(config.value), room - indent);
    gc.fillText(name, x + PADDING + indent, nameY);
    if (!place) {
      return;
    }
    const used = isDouble ? 0 : indent + gc.measureText(name).width + 2 * PADDING;
    gc.font = placeFont;
    gc.fillStyle = this._theme.faintText;
    const left = room - used;
    if (isDouble) {
      gc.fillText(elide(gc, place, room), x + PADDING, y + height * 0.71);
    } else if (gc.measureText(place).width <= left) {
      gc.textAlign = 'right';
      gc.fillText(place, x + width - PADDING, nameY);
    }
  }
}

/** The renderers of a table's body and header for a theme; `builtin` stands where a function has no file. */
export function makeRenderers(
  model: RowsModel,
  theme: ICanvasTheme,
  builtin: string
): {
  body: (config: CellRenderer.CellConfig) => CellRenderer;
  header: (config: CellRenderer.CellConfig) => CellRenderer;
} {
  const share = new FigureRenderer(model, theme, true);
  const figure = new FigureRenderer(model, theme, false);
  const name = new NameRenderer(model, theme, builtin);
  const font = `${theme.fontSize - 2}px ${theme.fontFamily}`;
  const common = { font, textColor: theme.dimText, horizontalPadding: PADDING };
  const headLeft = new TextRenderer({ ...common, horizontalAlignment: 'left' });
  const headRight = new TextRenderer({ ...common, horizontalAlignment: 'right' });
  const kind = (config: CellRenderer.CellConfig): string | undefined => model.columns[config.column]?.kind;
  return {
    body: config => (kind(config) === 'share' ? share : kind(config) === 'name' ? name : figure),
    header: config => (kind(config) === 'name' ? headLeft : headRight)
  };
}

/** Somebody else's code is dim. Objects are not: a list is Python's own, but what fills it is the user's. */
function dimIfLibrary(row: IRow | null, theme: ICanvasTheme): string {
  return row === null ? theme.faintText : isLibrary(row) && row.type === null ? theme.dimText : theme.text;
}

/** Cut a text so that it fits, by halving: long names are not measured letter by letter. */
function elide(gc: GraphicsContext, text: string, room: number): string {
  if (gc.measureText(text).width <= room) {
    return text;
  }
  let fits = 0;
  let tooLong = text.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (gc.measureText(`${text.slice(0, middle)}…`).width <= room) {
      fits = middle;
    } else {
      tooLong = middle;
    }
  }
  return fits > 0 ? `${text.slice(0, fits)}…` : '';
}
