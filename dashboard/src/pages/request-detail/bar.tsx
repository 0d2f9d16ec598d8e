/** A span of time on the request's time line. */
export function Bar(props: {
  readonly startedAt: number;
  readonly tookMs: number;
  readonly wholeMs: number;
  readonly mood: "good" | "warn" | "bad" | "try" | "try-bad";
}) {
  const { startedAt, tookMs, wholeMs, mood } = props;
  const part = (ms: number): string => `${Math.min(100, (ms / wholeMs) * 100)}%`;
  return (
    <span class="track" aria-hidden="true">
      <span
        class={`bar ${mood}`}
        style={{ left: `min(${part(startedAt)}, 100% - 2px)`, width: part(tookMs) }}
      />
    </span>
  );
}
