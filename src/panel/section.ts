import { PanelWithToolbar, Toolbar } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';

import type { SectionName } from './sections';

/**
 * A section of the panel. It folds, and gives its toolbar to the title above it.
 */
export class Section extends PanelWithToolbar {
  constructor(options: { name: SectionName; label: string; toolbarLabel: string }) {
    super();
    this.id = `jp-hotspots-${options.name}`;
    this.title.label = options.label;
    this.toolbar.node.setAttribute('aria-label', options.toolbarLabel);
    // What is added to the toolbar stands at its end.
    this.toolbar.addItem('spacer', Toolbar.createSpacerItem());
    this.addClass('jp-Hotspots-section');
    this.addClass(`jp-Hotspots-${options.name}`);
    // Before the toolbar itself, which keeps every click on it from the title.
    this.toolbar.node.addEventListener('click', this, true);
  }

  /**
   * Click the title where the toolbar over it was clicked beside its buttons: the whole bar folds.
   *
   * @param event - A click on the toolbar.
   */
  handleEvent(event: Event): void {
    if (!(event.target as Element).closest('jp-button, button')) {
      event.stopPropagation();
      this._bar?.click();
    }
  }

  /** Give the section another heading; a title that has the focus keeps it, though it is made anew. */
  protected setHeading(label: string): void {
    if (label !== this.title.label) {
      const hadFocus = this._bar !== null && this._bar === document.activeElement;
      this.title.label = label;
      if (hadFocus) {
        this._bar?.focus();
      }
    }
  }

  /** The title, which holds the toolbar while the section is in a panel. */
  private get _bar(): HTMLElement | null {
    return this.toolbar.node.parentElement;
  }

  override dispose(): void {
    this.toolbar.node.removeEventListener('click', this, true);
    // The toolbar lies in the title, not among the children.
    this.toolbar.dispose();
    super.dispose();
  }
}

/**
 * A section that is exactly as high as what it holds, so that the others get the rest.
 *
 * The accordion gives out heights between a section's smallest and largest: here both follow the content.
 */
export class FittedSection extends Section {
  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._observer = new ResizeObserver(() => this._fitContent());
    for (const child of this.widgets) {
      this._observer.observe(child.node);
    }
    this._fitContent();
  }

  protected override onBeforeDetach(msg: Message): void {
    this._observer?.disconnect();
    this._observer = null;
    super.onBeforeDetach(msg);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._fitContent();
  }

  private _fitContent(): void {
    if (!this.isVisible) {
      return;
    }
    const height = Math.ceil(this.widgets.reduce((sum, child) => sum + child.node.getBoundingClientRect().height, 0));
    if (height > 0 && height !== this._height) {
      this._height = height;
      this.node.style.minHeight = this.node.style.maxHeight = `${height}px`;
      this.parent?.fit();
    }
  }

  private _observer: ResizeObserver | null = null;
  private _height = 0;
}
