/** How full something is: a bar, one part of it held for what has not ended. Above 1 it is full. */
export function Gauge(props: {
  readonly label: string;
  /** 1: all. */
  readonly fill: number;
  /** On top of `fill`. */
  readonly held?: number;
}) {
  const { label, fill, held = 0 } = props;
  const shown = within(fill);
  const mood = fill >= 1 ? "bad" : fill + held >= 0.8 ? "warn" : "good";
  return (
    <svg
      class={`gauge ${mood}`}
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(shown * 100)}
    >
      <rect class="gauge-held" width={within(fill + held) * 100} height="6" />
      <rect class="gauge-fill" width={shown * 100} height="6" />
    </svg>
  );
}

const within = (ratio: number): number => Math.max(0, Math.min(1, ratio));
