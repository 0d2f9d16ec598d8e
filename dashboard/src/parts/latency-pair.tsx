import { unknown } from "../format/numbers.ts";
import { span } from "../format/time.ts";

/** How long something takes: half of all at most the first, 99 of 100 at most the second. */
export function LatencyPair(props: {
  readonly latency: { readonly p50: number; readonly p99: number } | null;
}) {
  const { latency } = props;
  if (latency === null) return <span class="muted">{unknown}</span>;
  return (
    <span class="two-lines latency-pair" title="p50 / p99">
      <span>{span(latency.p50)}</span>
      <span>{span(latency.p99)}</span>
    </span>
  );
}
