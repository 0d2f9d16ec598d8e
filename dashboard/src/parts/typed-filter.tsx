import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

const typingPauseMs = 250;

/** A text that takes effect when its writer pauses. */
export function TypedFilter(props: {
  readonly label: "Search" | "Model";
  readonly placeholder: string;
  readonly value: string;
  readonly options?: readonly string[];
  readonly onValue: (value: string) => void;
}) {
  const { label, value, options } = props;
  // As it is when the pause is over: meanwhile another filter may have been set, which must not be undone.
  const onValue = useRef(props.onValue);
  onValue.current = props.onValue;
  const [typed, setTyped] = useState(value);
  // What took effect last. Our own word comes back as `value` a moment later, and must not undo what was typed since.
  const told = useRef(value);
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    if (typed === told.current) return undefined;
    const timer = setTimeout(() => {
      told.current = typed;
      onValue.current(typed);
    }, typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  const listId = `${label.toLowerCase()}-choices`;
  return (
    <div class={`field ${label.toLowerCase()}-field`}>
      {label === "Search" ? <Icon name="search" /> : null}
      <input
        type="search"
        aria-label={label}
        placeholder={props.placeholder}
        value={typed}
        maxLength={200}
        list={options === undefined ? undefined : listId}
        spellcheck={false}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {options === undefined ? null : (
        <datalist id={listId}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </div>
  );
}
