import type { ServiceList } from "../generated/client.ts";

type Breaker = ServiceList["services"][number]["breaker"];

const states: Readonly<Record<Breaker, { readonly word: string; readonly mood: string }>> = {
  closed: { word: "closed", mood: "good" },
  open: { word: "open", mood: "bad" },
  half_open: { word: "half open", mood: "warn" },
};

/** The state of a circuit breaker: a coloured dot and the word for it. */
export function BreakerMark({ breaker }: { readonly breaker: Breaker }) {
  const { word, mood } = states[breaker];
  return (
    <span class={`status ${mood}`}>
      <span class="dot" aria-hidden="true" /> {word}
    </span>
  );
}
