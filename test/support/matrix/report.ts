import { type Feature, features } from "./compare.ts";
import { type RequestRow, upstreams } from "./requests.ts";
import type { Entry, Tally } from "./tally.ts";
import { clients } from "./translate.ts";

/** Counts of comparisons. */
interface Score {
  readonly compared: number;
  readonly equal: number;
  /** Told in another way, declared. */
  readonly changed: number;
  /** The client's dialect has no place for it; declared. */
  readonly absent: number;
  readonly undeclared: number;
}

export function scoreOf(entries: readonly Entry[]): Score {
  const of = (test: (entry: Entry) => boolean): number => entries.filter(test).length;
  const isAbsent = ({ outcome, warning }: Entry): boolean =>
    outcome === "declared" && (warning?.kind === "dropped" || warning?.kind === "emulated");
  return {
    compared: entries.length,
    equal: of(({ outcome }) => outcome === "equal"),
    changed: of((entry) => entry.outcome === "declared" && !isAbsent(entry)),
    absent: of(isAbsent),
    undeclared: of(({ outcome }) => outcome === "undeclared"),
  };
}

/** The share that is equal of what both dialects can say, in percent. */
export function agreementOf({ compared, equal, absent }: Score): number {
  return compared === absent ? 100 : (100 * equal) / (compared - absent);
}

const percent = (value: number): string => `${(Math.floor(value * 100) / 100).toFixed(2)} %`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map((_, index) => (index < 2 ? "---" : "--:")), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");

/** `docs/conformance.md`: what the matrix found, as Markdown. */
export function printMatrix(
  { entries, translations, failures }: Tally,
  requests: readonly RequestRow[],
  { answers, fixtures }: { readonly answers: number; readonly fixtures: number },
): string {
  const all = scoreOf(entries);
  const pairs = upstreams.flatMap((upstream) =>
    clients.map((client) => {
      const mine = entries.filter((entry) => entry.upstream === upstream && entry.client === client);
      const score = scoreOf(mine);
      const samples = new Set(mine.map(({ sample }) => sample)).size;
      return [
        upstream,
        client,
        samples,
        score.compared,
        percent(agreementOf(score)),
        score.changed,
        score.absent,
        score.undeclared,
      ];
    }),
  );
  const byFeature = features.map((feature: Feature) => {
    const shares = clients.map((client) => {
      const mine = entries.filter((entry) => entry.feature === feature && entry.client === client);
      return mine.length === 0 ? "·" : `${percent(agreementOf(scoreOf(mine)))} of ${mine.length}`;
    });
    return [feature, ...shares];
  });
  const ways = requests.map(({ client, upstream, requests: count, refused, declared, back }) => [
    client,
    upstream,
    count,
    refused,
    declared,
    back === undefined ? "·" : `${back.equal} of ${back.compared}`,
  ]);
  return `# Conformance of the translations

<!-- Written by test/conformance/cross-matrix.test.ts (UPDATE_GOLDEN=1). Do not edit. -->

Every recorded answer of real providers, and every public fixture of one, is translated for clients of all four dialects, and what
the client's **official SDK** reads is compared with what the answer itself says, read from its own JSON by readers that know
nothing of the gateway. Of ${answers} answers (${fixtures} fixture files among them) came ${translations.toLocaleString("en")} translations and ${all.compared.toLocaleString("en")} comparisons:
**${percent(agreementOf(all))} equal** where both dialects can say it, ${all.changed} told in another way and declared, ${all.absent} without a place in the client's dialect and
declared, ${all.undeclared} undeclared, no crash. The same dialect on both sides is the canonical lane here, which a body takes only when it brings state
of another vendor; what passes byte for byte is proven by [byte-identity](../test/conformance/byte-identity.test.ts).

## Answers

${table(["upstream", "client", "answers", "comparisons", "equal", "changed, declared", "no place, declared", "undeclared"], pairs)}

## By feature

${table(["feature", ...clients], byFeature)}

## Requests

Recorded requests of clients, written for each upstream: how many it cannot be sent (a refusal that names the parameter), how many
declare something, and, where clients speak the upstream's dialect too, how many are the same after the way there and back: texts,
calls, results, media, tools, schemas, choice, format, temperature, \`top_p\` and stop sequences.

${table(["client", "upstream", "requests", "refused", "with warnings", "same there and back"], ways)}

## Answers that are none

${failures.length} samples are read as failures, each for its own reason:

${failures.map((failure) => `- ${failure}`).join("\n")}
`;
}
