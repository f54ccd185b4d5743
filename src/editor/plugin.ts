import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IClient, ISourceOpener } from '../tokens';
import { SourceOpener } from './opener';
import { LabSourceViews } from './views';

const opener: JupyterFrontEndPlugin<ISourceOpener> = {
  id: 'jupyterlab-hotspots:source-opener',
  description: 'Opens the source behind a hot spot.',
  autoStart: true,
  requires: [IClient, IEditorServices],
  optional: [IDocumentManager, ITranslator],
  provides: ISourceOpener,
  activate: (
    app: JupyterFrontEnd,
    client: IClient,
    editors: IEditorServices,
    documents: IDocumentManager | null,
    translator: ITranslator | null
  ): ISourceOpener => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_hotspots');
    return new SourceOpener(client, new LabSourceViews({ app, documents, editors, trans }), {
      builtin: trans.__('Built into Python: there is no source to open.'),
      changed: trans.__('The file was changed since the run: the line may have moved.')
    });
  }
};

export default [opener];
