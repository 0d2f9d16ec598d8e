import type { ComponentChildren } from "preact";
import { clock } from "../../format/time.ts";
import { Chart } from "./chart.tsx";
import type { ChartLook, ChartSeries } from "./chart-options.ts";

/** A figure of now and how it got there; under the pointer, the figure of that moment. */
export function ChartCard(props: {
  readonly title: string;
  readonly figure: ComponentChildren;
  /** What belongs to the figure: its span, its companion. */
  readonly note: ComponentChildren;
  readonly look: ChartLook;
  readonly at: readonly number[];
  readonly values: readonly ChartSeries["values"][];
  readonly hovered: number | null;
  readonly onHover: (index: number | null) => void;
}) {
  const { title, look, at, values, hovered } = props;
  const moment = hovered === null ? undefined : at[hovered];
  return (
    <section class="card chart-card" aria-label={title}>
      <div class="chart-head">
        <h2>{title}</h2>
        {moment === undefined ? (
          <>
            <p class="figure">{props.figure}</p>
            <p class="muted">{props.note}</p>
          </>
        ) : (
          <>
            <p class="figure">
              {look.series.map(({ label, color }, index) => (
                <span key={label} style={{ color: look.series.length > 1 ? `var(${color})` : "" }}>
                  {printed(values[index]?.[hovered ?? 0], look)}{" "}
                </span>
              ))}
            </p>
            <p class="muted">
              {look.series.length > 1 ? `${look.series.map(({ label }) => label).join(" / ")} · ` : ""}
              {clock(moment)}
            </p>
          </>
        )}
      </div>
      <Chart at={at} values={values} look={look} summary={summaryOf(props)} onHover={props.onHover} />
    </section>
  );
}

function printed(value: number | null | undefined, look: ChartLook): string {
  return value === null || value === undefined ? "–" : look.print(value);
}

function summaryOf({
  title,
  look,
  values,
}: Pick<Parameters<typeof ChartCard>[0], "title" | "look" | "values">): string {
  const parts = look.series.map(({ label }, index) => {
    const known = (values[index] ?? []).filter((value) => value !== null);
    if (known.length === 0) return `${label}: nothing yet`;
    return `${label}: highest ${look.print(Math.max(...known))}, last ${look.print(known.at(-1) ?? 0)}`;
  });
  return `${title} over up to fifteen minutes. ${parts.join("; ")}.`;
}
