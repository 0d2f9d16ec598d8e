import { count } from "../format/numbers.ts";

/**
 * How often something went wrong, as a cell of a table. Some are told in colour and, for those who do not see it, in
 * weight; none is no matter.
 */
export function TallyCell(props: {
  readonly name: string;
  readonly of: number;
  readonly mood: "warn" | "bad";
}) {
  return (
    <td data-name={props.name} class={props.of === 0 ? "number nothing" : "number"}>
      {props.of === 0 ? (
        <span class="muted">0</span>
      ) : (
        <strong class={`${props.mood}-text`}>{count(props.of)}</strong>
      )}
    </td>
  );
}
