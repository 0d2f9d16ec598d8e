import { healthOf } from "../format/health.ts";

/** How a provider or a model is doing: a coloured dot and the word for it. */
export function HealthMark(props: { readonly of: Parameters<typeof healthOf>[0]; readonly now: number }) {
  const { mood, word } = healthOf(props.of, props.now);
  return (
    <span class={`status ${mood}`}>
      <span class="dot" aria-hidden="true" /> {word}
    </span>
  );
}
