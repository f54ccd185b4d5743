import React, { useEffect, useId, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

import type { PathCompleter, Wanted } from './completion';

export interface IPathFieldProps {
  /** Its name among the fields. */
  field: string;
  label: string;
  value: string;
  placeholder: string;
  wanted: Wanted;
  completer: PathCompleter;
  invalid: boolean;
  /** The id of the element that says what is wrong. */
  describedBy?: string;
  /** Called with how many suggestions there are, for the screen reader. */
  announce: (count: number) => string;
  onChange: (value: string) => void;
  /** Enter without an open suggestion. */
  onSubmit: () => void;
}

/**
 * A field for a path with suggestions below it, usable by keyboard alone: arrows choose, Tab or
 * Enter takes, Escape closes. Tab also takes the only one there is.
 */
export function PathField(props: IPathFieldProps): JSX.Element {
  const { value, wanted, completer, onChange } = props;
  const [options, setOptions] = useState<readonly string[]>([]);
  const [active, setActive] = useState(-1);
  const listId = useId();
  const list = useRef<HTMLUListElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const asked = useRef('');
  const isOpen = options.length > 0;

  const suggest = (typed: string): void => {
    asked.current = typed;
    void completer.complete(typed, wanted).then(found => {
      // Only for what stands in the field now.
      if (asked.current === typed) {
        setOptions(found.length === 1 && found[0] === typed ? [] : found);
        setActive(-1);
      }
    });
  };
  const close = (): void => {
    asked.current = '\u0000';
    setOptions([]);
    setActive(-1);
  };
  const take = (option: string): void => {
    onChange(option);
    if (option.endsWith('/')) {
      suggest(option);
    } else {
      close();
    }
  };

  // A long path is told by its end.
  useEffect(() => {
    const node = field.current;
    if (node && node !== document.activeElement) {
      node.scrollLeft = node.scrollWidth;
    }
  }, [value]);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        event.preventDefault();
        if (!isOpen) {
          suggest(value);
        } else {
          const step = event.key === 'ArrowDown' ? 1 : -1;
          setActive((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length);
        }
        break;
      case 'Tab':
        if (isOpen && !event.shiftKey && (active >= 0 || options.length === 1)) {
          event.preventDefault();
          take(options[Math.max(active, 0)]!);
        }
        break;
      case 'Enter':
        event.preventDefault();
        if (isOpen && active >= 0) {
          take(options[active]!);
        } else {
          close();
          props.onSubmit();
        }
        break;
      case 'Escape':
        if (isOpen) {
          event.stopPropagation();
          close();
        }
        break;
    }
  };

  return (
    <div className="jp-Hotspots-path">
      <input
        ref={field}
        data-field={props.field}
        className="jp-Hotspots-input"
        type="text"
        role="combobox"
        spellCheck={false}
        autoComplete="off"
        aria-label={props.label}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
        aria-invalid={props.invalid}
        aria-describedby={props.describedBy}
        placeholder={props.placeholder}
        title={value}
        value={value}
        onChange={event => {
          onChange(event.target.value);
          suggest(event.target.value);
        }}
        onBlur={event => {
          close();
          event.target.scrollLeft = event.target.scrollWidth;
        }}
        onKeyDown={onKeyDown}
      />
      {createPortal(
        // Outside the panel: whatever lies in a section is cut off at its edge.
        <ul
          id={listId}
          ref={list}
          className="jp-Hotspots-suggestions"
          role="listbox"
          aria-label={props.label}
          hidden={!isOpen}
          style={isOpen ? below(field.current) : undefined}
        >
          {options.map((option, index) => (
            <li
              key={option}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === active}
              // The field would lose the focus, and the list close, before the click.
              onMouseDown={event => {
                event.preventDefault();
                take(option);
              }}
            >
              {option}
            </li>
          ))}
        </ul>,
        document.body
      )}
      <span className="jp-Hotspots-unseen" role="status">
        {isOpen ? props.announce(options.length) : ''}
      </span>
    </div>
  );
}

/** Below a field and as wide as it. */
function below(field: HTMLElement | null): React.CSSProperties {
  const { left, bottom, width } = field?.getBoundingClientRect() ?? { left: 0, bottom: 0, width: 0 };
  return {
    left,
    top: bottom + 2,
    minWidth: width,
    maxWidth: Math.max(width, 420),
    maxHeight: window.innerHeight - bottom - 12
  };
}
