import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { onThemeChange } from "../../shell/theme.ts";
import { type ChartLook, type ChartSeries, chartHeight, chartOptions } from "./chart-options.ts";

/**
 * A chart over time, as wide as its place. It is drawn anew when the colours change, filled anew when numbers come.
 *
 * @param look Must not change between renders, except with what it says.
 */
export function Chart(props: {
  /** End of each bucket: ms since 1970. */
  readonly at: readonly number[];
  readonly values: readonly ChartSeries["values"][];
  readonly look: ChartLook;
  /** What the chart says, for those who cannot see it. */
  readonly summary: string;
  readonly onHover: (index: number | null) => void;
}) {
  const { at, values, look, onHover } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [wearing, setWearing] = useState(0);
  const data: uPlot.AlignedData = [at.map((ms) => ms / 1000), ...values.map((column) => [...column])];
  const newest = useRef(data);
  newest.current = data;

  useEffect(() => onThemeChange(() => setWearing((before) => before + 1)), []);
  useLayoutEffect(() => {
    const box = place.current;
    if (box === null) return undefined;
    const options = chartOptions(look, { width: box.clientWidth, colorOf: colorsOf(box), onHover });
    const drawn = new uPlot(options, newest.current, box);
    plot.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: box.clientWidth, height: chartHeight }));
    resized.observe(box);
    return () => {
      resized.disconnect();
      drawn.destroy();
    };
  }, [look, onHover, wearing]);
  useEffect(() => plot.current?.setData(newest.current), [at, values]);

  return <div class="chart" ref={place} role="img" aria-label={props.summary} />;
}

/** Reads a colour of the style sheet as the canvas wants it: worked out for the theme that is worn. */
function colorsOf(box: HTMLElement): (name: string) => string {
  return (name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    box.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
