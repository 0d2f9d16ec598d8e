/** One figure with its name; `exact` is what it stands for in full. */
export function Tile(props: {
  readonly name: string;
  readonly value: string;
  readonly exact: string;
  readonly mood?: "calm" | "warn" | "bad";
}) {
  return (
    <div class={`tile ${props.mood ?? "calm"}`} title={props.exact}>
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}
