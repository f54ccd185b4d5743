import { LabIcon } from '@jupyterlab/ui-components';

/** A flame over a line of bars: the panel's own sign. */
export const flameIcon = new LabIcon({
  name: 'jupyterlab-hotspots:flame',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M12.6 2c.5 3-1 4.600-2.500 6.200C8.400 10 6.500 12 6.500 15.200 6.500 19 9 22 12.200 22c3.300 0 5.800-2.600 5.800-6.200 0-2.700-1.200-4.400-2.300-6-.3 1.400-1 2.300-2 2.800.6-3.600.3-7.700-1.100-10.600zm-.3 12.200c.9 1.300 2.100 2.200 2.100 3.900 0 1.400-1 2.400-2.300 2.400s-2.300-1-2.300-2.500c0-1.600 1.400-2.400 2.500-3.800z"/>
</svg>`
});
