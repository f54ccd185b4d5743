import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, checkIcon, copyIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

import type { ProfilerDescription } from '../../api/generated/rest';
import { listMovement } from '../movement';
import type { LauncherModel } from './model';
import { overheadRange } from './overhead';

/** Pixels of width that the list takes where there is room, and of height below the field before it opens above it. */
const WIDTH = 400;
const LEAST_HEIGHT = 300;

/** Pixels between the list and what is beside it. */
const GAP = 8;

/** Rows that Page Up and Page Down move by. */
const PAGE = 4;

interface IPickerProps {
  model: LauncherModel;
  trans: TranslationBundle;
}

/**
 * What to find out: a button that says what is chosen, and the list of questions that it opens.
 *
 * A click or Enter takes one profiler and closes the list; a click on its box or Space adds it to what is chosen. One
 * that is not installed copies the command that installs it.
 */
export function ProfilerPicker({ model, trans }: IPickerProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const listId = useId();
  const { profilers, chosen } = model;
  const first = profilers.find(({ name }) => name === chosen[0]);
  const question =
    chosen.length > 1
      ? trans._n('%1 question, one run', '%1 questions, one run each', chosen.length)
      : (first?.question ?? trans.__('Where does the time go?'));
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div className="jp-Hotspots-picker">
      <button
        ref={button}
        type="button"
        className="jp-Hotspots-picker-button"
        disabled={profilers.length === 0}
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-controls={isOpen ? listId : undefined}
        aria-label={trans.__('What to find out: %1 (%2)', question, chosen.join(', '))}
        title={first && chosen.length === 1 ? `${first.title}: ${first.tool}` : chosen.join(', ')}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={event => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            event.stopPropagation();
            setOpen(true);
          }
        }}
      >
        <span className="jp-Hotspots-ellipsis">{question}</span>
        <small className="jp-Hotspots-ellipsis">{chosen.join(', ')}</small>
        <caretDownIcon.react tag="span" elementSize="normal" />
      </button>
      {isOpen &&
        createPortal(
          <ProfilerList model={model} trans={trans} listId={listId} button={button} close={close} leave={setOpen} />,
          document.body
        )}
      {model.absent.map(profiler => (
        <Absent key={profiler.name} profiler={profiler} model={model} trans={trans} />
      ))}
    </div>
  );
}

/** A chosen profiler that cannot be used now, and what would change that. */
function Absent(props: IPickerProps & { profiler: ProfilerDescription }): JSX.Element {
  const { profiler, model, trans } = props;
  const [isCopied, setCopied] = useState(false);
  const command = model.installCommand(profiler);
  return (
    <button
      type="button"
      className="jp-Hotspots-absent"
      title={trans.__('Copy the command that installs it: %1', command)}
      onClick={() => void navigator.clipboard.writeText(command).then(() => setCopied(true))}
    >
      <span className="jp-Hotspots-ellipsis">
        {isCopied
          ? trans.__('Copied. Run it in a terminal: %1', command)
          : trans.__('%1 is not installed here: %2', profiler.name, command)}
      </span>
      <copyIcon.react tag="span" elementSize="normal" />
    </button>
  );
}

interface IListProps extends IPickerProps {
  listId: string;
  button: React.RefObject<HTMLButtonElement>;
  /** Close the list and give the focus back. */
  close: () => void;
  /** Close the list: the focus has gone elsewhere. */
  leave: (isOpen: false) => void;
}

function ProfilerList({ model, trans, listId, button, close, leave }: IListProps): JSX.Element {
  const { profilers, chosen } = model;
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      profilers.findIndex(({ name }) => name === chosen[0])
    )
  );
  const [copied, setCopied] = useState('');
  const described = profilers[active];

  useLayoutEffect(() => list.current?.focus(), []);
  useLayoutEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  useEffect(() => {
    const onElsewhere = (event: Event): void => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !button.current?.contains(target)) {
        leave(false);
      }
    };
    const onResize = (): void => leave(false);
    document.addEventListener('pointerdown', onElsewhere, true);
    document.addEventListener('scroll', onElsewhere, true);
    window.addEventListener('resize', onResize);
    return () => {
      document.removeEventListener('pointerdown', onElsewhere, true);
      document.removeEventListener('scroll', onElsewhere, true);
      window.removeEventListener('resize', onResize);
    };
  }, [button, leave]);

  const copy = async (profiler: ProfilerDescription): Promise<void> => {
    await navigator.clipboard.writeText(model.installCommand(profiler));
    setCopied(profiler.name);
  };
  const take = (profiler: ProfilerDescription): void => {
    if (profiler.installed) {
      model.chooseProfilers(profiler.name);
      close();
    } else {
      void copy(profiler);
    }
  };
  const absent = model.absent.map(({ name }) => name);
  const toggle = (profiler: ProfilerDescription): void => {
    if (profiler.installed || absent.includes(profiler.name)) {
      model.toggleProfiler(profiler.name);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const target = listMovement(event.key, active, PAGE, profilers.length - 1);
    if (target !== null) {
      setActive(target);
    } else if (event.key === 'Enter' && described) {
      take(described);
    } else if (event.key === ' ' && described) {
      toggle(described);
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      close();
      if (event.key === 'Tab') {
        // On from the button.
        return;
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={box} className="jp-Hotspots jp-Hotspots-profilers" style={beside(button.current)}>
      <ul
        ref={list}
        id={listId}
        className="jp-Hotspots-profilers-list"
        role="listbox"
        tabIndex={0}
        aria-multiselectable="true"
        aria-label={trans.__('What to find out: Enter takes one, Space adds one')}
        aria-activedescendant={`${listId}-${active}`}
        onKeyDown={onKeyDown}
        onBlur={event => {
          if (!box.current?.contains(event.relatedTarget) && event.relatedTarget !== button.current) {
            leave(false);
          }
        }}
      >
        {profilers.map((profiler, index) => (
          <ProfilerOption
            key={profiler.name}
            id={`${listId}-${index}`}
            profiler={profiler}
            command={model.installCommand(profiler)}
            isChosen={chosen.includes(profiler.name) || absent.includes(profiler.name)}
            isActive={index === active}
            isCopied={copied === profiler.name}
            trans={trans}
            onPoint={() => setActive(index)}
            onTake={() => take(profiler)}
            onToggle={() => toggle(profiler)}
          />
        ))}
      </ul>
      {described && <Details profiler={described} trans={trans} />}
      <p className="jp-Hotspots-profilers-hint">
        {trans.__('Click takes one. Tick boxes to run the script once under each.')}
      </p>
      <span className="jp-Hotspots-unseen" role="status">
        {copied && trans.__('The command that installs %1 was copied.', copied)}
      </span>
    </div>
  );
}

function ProfilerOption(props: {
  id: string;
  profiler: ProfilerDescription;
  command: string;
  isChosen: boolean;
  isActive: boolean;
  isCopied: boolean;
  trans: TranslationBundle;
  onPoint: () => void;
  onTake: () => void;
  onToggle: () => void;
}): JSX.Element {
  const { profiler, trans, isChosen, isActive, isCopied } = props;
  const { name, question, tool, measures, overhead, installed } = profiler;
  const modifiers = [isChosen && 'jp-mod-chosen', isActive && 'jp-mod-active', !installed && 'jp-mod-absent'];
  return (
    <li
      id={props.id}
      className={['jp-Hotspots-profiler', ...modifiers.filter(Boolean)].join(' ')}
      role="option"
      aria-selected={isChosen}
      aria-disabled={!installed}
      data-profiler={name}
      onPointerMove={isActive ? undefined : props.onPoint}
      // The list keeps the focus, and with it the keys.
      onPointerDown={event => event.preventDefault()}
      onClick={props.onTake}
    >
      <span
        className="jp-Hotspots-box"
        title={installed ? trans.__('Also this one: the script is run once under each') : undefined}
        onClick={event => {
          if (installed || isChosen) {
            event.stopPropagation();
            props.onToggle();
          }
        }}
      >
        {isChosen && <checkIcon.react tag="span" elementSize="small" />}
      </span>
      <span className="jp-Hotspots-profiler-text">
        <strong>{question}</strong>
        <span className="jp-Hotspots-profiler-tool">
          <span className="jp-Hotspots-ellipsis">
            <em>{name}</em> · {tool}
          </span>
          {installed && (
            <span className="jp-Hotspots-profiler-cost" title={trans.__('How many times as long the script takes')}>
              {overheadRange(overhead)}
            </span>
          )}
        </span>
        {installed ? (
          <small className="jp-Hotspots-ellipsis">{measures.join(', ')}</small>
        ) : (
          <span className="jp-Hotspots-install" title={trans.__('Copy the command that installs it')}>
            <span>{isCopied ? trans.__('Copied. Run it in a terminal:') : trans.__('Not installed:')}</span>
            <code>{props.command}</code>
            <copyIcon.react tag="span" elementSize="normal" />
          </span>
        )}
      </span>
    </li>
  );
}

/** Everything about the profiler under the pointer or the cursor. */
function Details({ profiler, trans }: { profiler: ProfilerDescription; trans: TranslationBundle }): JSX.Element {
  const { measures, overhead, live, systems, pythons, note } = profiler;
  return (
    <div className="jp-Hotspots-profilers-details" aria-hidden="true">
      <dl>
        <dt>{trans.__('Measures')}</dt>
        <dd>{measures.join(', ')}</dd>
        <dt>{trans.__('Slows by')}</dt>
        <dd>{overhead}</dd>
        <dt>{trans.__('Shows')}</dt>
        <dd>
          {live ? trans.__('rows while the script runs') : trans.__('rows once the script has ended')}
          {' · '}
          {trans.__('%1, Python %2', systems.join(', '), pythons)}
        </dd>
      </dl>
      {note && <p>{note}</p>}
    </div>
  );
}

/** Below a button, or above it where there is more room, and within the window. */
function beside(button: HTMLElement | null): React.CSSProperties {
  const { left, top, bottom, width } = button?.getBoundingClientRect() ?? { left: 0, top: 0, bottom: 0, width: 0 };
  const { innerWidth, innerHeight } = window;
  const wide = Math.min(Math.max(width, WIDTH), innerWidth - 2 * GAP);
  const below = innerHeight - bottom - GAP;
  const isBelow = below >= LEAST_HEIGHT || below >= top;
  return {
    left: Math.max(GAP, Math.min(left, innerWidth - wide - GAP)),
    width: wide,
    maxHeight: (isBelow ? below : top) - GAP,
    ...(isBelow ? { top: bottom + 2 } : { bottom: innerHeight - top + 2 })
  };
}
