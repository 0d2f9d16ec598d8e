import type { UpstreamState } from "../generated/client.ts";

const meanings = {
  bytes: "the provider's own bytes",
  canonical: "translated",
  none: "not to be had here",
} as const;

/** Which clients get the provider's own bytes, and which a translation. */
export function LanesSection({ lanes }: Pick<UpstreamState, "lanes">) {
  return (
    <section aria-labelledby="lanes">
      <h3 id="lanes">
        Lanes <span class="muted">by the dialect of the client</span>
      </h3>
      <ul class="lanes">
        {lanes.map(({ dialect, lane }) => (
          <li key={dialect}>
            <span>{dialect}</span>
            <span class={lane === "bytes" ? "decision" : "decision calm"}>{lane}</span>
            <span class="muted">{meanings[lane]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
