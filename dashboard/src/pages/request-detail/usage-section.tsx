import { money } from "../../format/money.ts";
import { count } from "../../format/numbers.ts";
import type { Usage } from "../../generated/client.ts";
import { Facts } from "../../parts/facts.tsx";

const bases = {
  reported: "as the provider reported it",
  partial: "the last the provider told before the call was cut",
  estimated: "estimated by the gateway",
} as const;

/** What the call consumed. What was not told is left out: it is not 0. */
export function UsageSection({ usage }: { readonly usage: Usage | null }) {
  return (
    <section aria-labelledby="usage">
      <h3 id="usage">
        Usage <span class="muted">{usage === null ? "" : bases[usage.basis]}</span>
      </h3>
      {usage === null ? (
        <p class="muted">Nothing was told of tokens.</p>
      ) : (
        <>
          <Parts usage={usage} />
          <Facts facts={factsOf(usage)} />
        </>
      )}
    </section>
  );
}

function factsOf({
  input,
  output,
  counts = {},
  tier,
  region,
  reportedNanoUsd,
}: Usage): Parameters<typeof Facts>[0]["facts"] {
  const told = (tokens: number | undefined): string | null => (tokens === undefined ? null : count(tokens));
  // A part of nothing is not worth a line; the record as JSON has it.
  const part = (tokens: number | undefined): string | null => (tokens === 0 ? null : told(tokens));
  return [
    ["Tokens in", told(input.total)],
    ["of these not cached", part(input.uncached)],
    ["Read from cache", part(input.cacheRead)],
    ["Written to cache, 5 min", part(input.cacheWrite5m)],
    ["Written to cache, 1 h", part(input.cacheWrite1h)],
    ["Written to cache", part(input.cacheWriteOther)],
    ["Audio in", part(input.audio)],
    ["Tokens out", told(output.total)],
    ["of these reasoning", part(output.reasoning)],
    ["Audio out", part(output.audio)],
    ["Service tier", tier ?? null],
    ["Served in", region ?? null],
    ["Cost, as the provider says", reportedNanoUsd === undefined ? null : money(reportedNanoUsd)],
    ...Object.entries(counts).map(([name, times]) => [name, count(times)] as const),
  ];
}

/** Input and output as one bar. */
function Parts({ usage: { input, output } }: { readonly usage: Usage }) {
  const cached = input.cacheRead ?? 0;
  const parts = [
    { name: "in, from cache", tokens: cached, kind: "cached" },
    { name: "in", tokens: Math.max(0, (input.total ?? 0) - cached), kind: "in" },
    { name: "out", tokens: output.total ?? 0, kind: "out" },
  ].filter(({ tokens }) => tokens > 0);
  if (parts.length === 0) return null;
  return (
    <div class="parts">
      <div class="parts-bar" aria-hidden="true">
        {parts.map(({ kind, tokens }) => (
          <span key={kind} class={`part-${kind}`} style={{ flexGrow: tokens }} />
        ))}
      </div>
      <ul>
        {parts.map(({ kind, name, tokens }) => (
          <li key={kind} class={`part-${kind}`}>
            {count(tokens)} {name}
          </li>
        ))}
      </ul>
    </div>
  );
}
