import { FittedSection } from '../section';
import type { ILauncherOptions } from './body';
import { LauncherBody } from './body';

/** What to run. */
export class LauncherSection extends FittedSection {
  constructor(options: ILauncherOptions) {
    super({
      name: 'launcher',
      label: options.trans.__('Run'),
      toolbarLabel: options.trans.__('Toolbar of the launcher')
    });
    this.body = new LauncherBody(options);
    this.addWidget(this.body);
  }

  readonly body: LauncherBody;
}
