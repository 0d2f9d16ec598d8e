import type { ComponentChildren } from "preact";

/** A named line to write in, with a hint of what it takes. */
export function TextField(props: {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly isFixed?: boolean;
  readonly onValue: (value: string) => void;
  readonly type?: keyof typeof types;
  readonly required?: boolean;
  readonly pattern?: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly min?: number;
  readonly step?: "any";
  readonly autocomplete?: "username" | "current-password" | "new-password";
}) {
  const { label, hint, value, isFixed = false, onValue, type = "text", ...rest } = props;
  return (
    <label class="text-field">
      <span>
        {label} {hint === undefined ? null : <span class="muted">{hint}</span>}
      </span>
      <input
        autocomplete="off"
        spellcheck={false}
        {...types[type]}
        {...rest}
        value={value}
        readOnly={isFixed}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </label>
  );
}

/** A named field of several lines, in the type of code. */
export function TextArea(props: {
  readonly label: string;
  readonly hint?: string;
  readonly rows: number;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly maxLength?: number;
}) {
  const { label, hint, onValue, ...rest } = props;
  return (
    <label class="text-field">
      <span>
        {label} {hint === undefined ? null : <span class="muted">{hint}</span>}
      </span>
      <textarea spellcheck={false} {...rest} onInput={(event) => onValue(event.currentTarget.value)} />
    </label>
  );
}

/** Each is an element of its own kind to the compiler. */
const types = {
  text: { type: "text" },
  number: { type: "number" },
  date: { type: "date" },
  password: { type: "password" },
} as const;

/** A named choice of one of several. */
export function Choice<Value extends string>(props: {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly name: string }[];
  readonly onValue: (value: Value) => void;
}) {
  return (
    <label class="text-field">
      <span>{props.label}</span>
      <select
        value={props.value}
        onChange={({ currentTarget }) => {
          const chosen = props.choices.find(({ value }) => value === currentTarget.value);
          if (chosen !== undefined) props.onValue(chosen.value);
        }}
      >
        {props.choices.map(({ value, name }) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Something that holds or does not. */
export function Check(props: {
  readonly label: ComponentChildren;
  readonly isChecked: boolean;
  readonly onChecked: (isChecked: boolean) => void;
}) {
  return (
    <label class="check-field">
      <input
        type="checkbox"
        checked={props.isChecked}
        onChange={(event) => props.onChecked(event.currentTarget.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}
