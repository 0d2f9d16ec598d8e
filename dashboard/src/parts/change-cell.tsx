/** What may be done with what stands in a row, as its last cell; `onStep` absent: nothing. */
export function ChangeCell(props: {
  /** Of what is changed, for who does not see the row. */
  readonly name: string;
  readonly onStep: ((kind: "edit" | "remove") => void) | undefined;
}) {
  const { name, onStep } = props;
  return (
    <td class="number">
      {onStep === undefined ? null : (
        <span class="row-tools">
          <button type="button" class="button" onClick={() => onStep("edit")}>
            Edit<span class="visually-hidden"> {name}</span>
          </button>
          <button type="button" class="button danger" onClick={() => onStep("remove")}>
            Remove<span class="visually-hidden"> {name}</span>
          </button>
        </span>
      )}
    </td>
  );
}
