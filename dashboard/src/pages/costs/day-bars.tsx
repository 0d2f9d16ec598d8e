import { dollars } from "../../format/money.ts";

/** A bar for each day, with its figure under the pointer. */
export function DayBars(props: {
  readonly days: readonly { readonly date: string; readonly usd: number }[];
  /** What the bars say, for those who cannot see them. */
  readonly summary: string;
  readonly isSmall?: boolean;
  /** A line across, US dollars. */
  readonly line?: number;
}) {
  const { days, summary, isSmall = false, line = 0 } = props;
  const top = Math.max(line, ...days.map(({ usd }) => usd));
  const height = (usd: number): number => (top === 0 ? 0 : (95 * usd) / top);
  return (
    <svg
      class={isSmall ? "cost-chart small" : "cost-chart"}
      viewBox={`0 0 ${Math.max(1, days.length)} 100`}
      preserveAspectRatio="none"
      role="img"
      aria-label={summary}
    >
      {days.map(({ date, usd }, index) => (
        <rect key={date} class="day" x={index + 0.12} width={0.76} y={100 - height(usd)} height={height(usd)}>
          <title>{`${date}: ${dollars(usd)}`}</title>
        </rect>
      ))}
      {line > 0 ? (
        <line class="budget" x1={0} x2={days.length} y1={100 - height(line)} y2={100 - height(line)} />
      ) : null}
    </svg>
  );
}
