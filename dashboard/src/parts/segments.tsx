/** A few choices of which one holds. */
export function Segments<Value extends string>(props: {
  readonly label: string;
  readonly choices: readonly { readonly value: Value; readonly name: string }[];
  readonly chosen: Value;
  /** While a choice is being carried out; a disabled button would lose the focus. */
  readonly isBusy?: boolean;
  readonly onChoose: (value: Value) => void;
}) {
  const { choices, chosen, isBusy = false, onChoose } = props;
  return (
    <div class="segments" role="group" aria-label={props.label} aria-busy={isBusy}>
      {choices.map(({ value, name }) => (
        <button
          key={value}
          type="button"
          aria-pressed={chosen === value}
          onClick={() => isBusy || onChoose(value)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
