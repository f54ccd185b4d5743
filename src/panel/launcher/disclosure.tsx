import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import React from 'react';

/** A button that unfolds something; as long as it is folded, what was changed in it can be read beside its name. */
export function Disclosure(props: {
  label: string;
  changed: readonly string[];
  isUnfolded: boolean;
  onToggle: () => void;
}): JSX.Element {
  const { label, changed, isUnfolded, onToggle } = props;
  const Caret = isUnfolded ? caretDownIcon.react : caretRightIcon.react;
  return (
    <button type="button" className="jp-Hotspots-disclosure" aria-expanded={isUnfolded} onClick={onToggle}>
      <Caret tag="span" elementSize="normal" />
      <span className="jp-Hotspots-ellipsis">
        {label}
        {!isUnfolded && changed.length > 0 && <em> {changed.join(' · ')}</em>}
      </span>
    </button>
  );
}
