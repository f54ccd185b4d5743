/** The ids of our commands. */
export const CommandIDs = {
  showPanel: 'hotspots:show-panel',
  chooseFile: 'hotspots:choose-file',
  chooseSelected: 'hotspots:choose-selected-file',
  profileCurrentFile: 'hotspots:profile-current-file',
  start: 'hotspots:start',
  stop: 'hotspots:stop',
  openRun: 'hotspots:open-run',
  runAgain: 'hotspots:run-again',
  editRun: 'hotspots:edit-run',
  openSnakeViz: 'hotspots:open-snakeviz',
  exportRun: 'hotspots:export-run',
  deleteRun: 'hotspots:delete-run',
  openSource: 'hotspots:open-source',
  focusFilter: 'hotspots:filter',
  clearFilter: 'hotspots:clear-filter',
  toggleLibrary: 'hotspots:toggle-library',
  toggleMeasure: 'hotspots:toggle-measure',
  sort: 'hotspots:sort',
  tableMenu: 'hotspots:table-menu',
  moveSection: 'hotspots:move-section',
  openSettings: 'hotspots:open-settings'
} as const;
