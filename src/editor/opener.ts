import type { IClient } from '../api/client';
import { HotspotsError } from '../api/errors';
import type { SourceAnswer } from '../api/generated/rest';

/** A place in the source of a run. */
export interface IPlace {
  /** The run whose profile names the file: only such files are given out. */
  readonly run: string;
  /** Null for built-ins, which have none. */
  readonly file: string | null;
  /** From 1; null if it is not known. */
  readonly line: number | null;
}

/** Opens the source behind a hot spot. */
export interface ISourceOpener {
  /**
   * Open a place in an editor, or in a viewer where the file lies outside the server's root.
   *
   * The promise gives a remark for the user; empty if there is nothing to say.
   */
  open(place: IPlace): Promise<string>;
}

/** What opening needs from the lab. */
export interface ISourceViews {
  /** Open a file of the server's contents at a line; false if it cannot be edited here. */
  openInEditor(path: string, line: number | null): Promise<boolean>;
  /** Show a text with a line marked. */
  openInViewer(source: SourceAnswer, line: number | null): void;
}

/** The remarks of the opener, translated. */
export interface ISourceRemarks {
  builtin: string;
  changed: string;
}

export class SourceOpener implements ISourceOpener {
  constructor(client: IClient, views: ISourceViews, remarks: ISourceRemarks) {
    this._client = client;
    this._views = views;
    this._remarks = remarks;
  }

  async open({ run, file, line }: IPlace): Promise<string> {
    if (!file) {
      return this._remarks.builtin;
    }
    let source: SourceAnswer;
    try {
      source = await this._client.source(run, file);
    } catch (error) {
      const { message, hint } = HotspotsError.from(error);
      return `${message} ${hint}`.trim();
    }
    const opened = source.contents_path !== null && (await this._views.openInEditor(source.contents_path, line));
    if (!opened) {
      this._views.openInViewer(source, line);
    }
    return source.changed ? this._remarks.changed : '';
  }

  private readonly _client: IClient;
  private readonly _views: ISourceViews;
  private readonly _remarks: ISourceRemarks;
}
