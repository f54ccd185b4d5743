import apiPlugins from './api/plugin';
import editorPlugins from './editor/plugin';
import panelPlugins from './panel/plugin';
import runsPlugins from './runs/plugin';

export default [...apiPlugins, ...runsPlugins, ...editorPlugins, ...panelPlugins];
export * from './tokens';
