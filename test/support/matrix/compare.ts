import type { ChatDialect, UpstreamDialect } from "../../../src/exchange/dialect.ts";
import type { Warning } from "../../../src/exchange/warning.ts";
import { chatReader } from "./read-chat.ts";
import { cohereReader } from "./read-cohere.ts";
import { converseReader } from "./read-converse.ts";
import { geminiReader } from "./read-gemini.ts";
import { messagesReader } from "./read-messages.ts";
import { responsesReader } from "./read-responses.ts";
import type { Ending, PlainReader, Said, SaidCall } from "./said.ts";
import { parseKept } from "./tree.ts";

/** The plain readers of all dialects. */
export const readers: Readonly<
  Record<Exclude<UpstreamDialect, `${string}-embeddings` | "anthropic-count">, PlainReader>
> = {
  "openai-chat": chatReader,
  "openai-responses": responsesReader,
  "anthropic-messages": messagesReader,
  "gemini-generate": geminiReader,
  "bedrock-converse": converseReader,
  "cohere-chat": cohereReader,
  "mistral-chat": chatReader,
};

/** What is compared, in the order of the report. */
export const features = [
  "text",
  "calls",
  "arguments as JSON",
  "arguments as text",
  "refusal",
  "finish",
  "usage totals",
  "cached tokens",
  "reasoning tokens",
  "reasoning text",
  "citations",
] as const;
export type Feature = (typeof features)[number];

/** What one feature says on both sides; equal or not is a matter of these two texts. */
export interface Compared {
  readonly feature: Feature;
  readonly expected: string;
  readonly got: string;
}

/** How a difference in a feature is declared: by a warning about one of these. */
const declaredBy: Readonly<Record<Feature, RegExp>> = {
  text: /text|content|refusal/,
  calls: /tool|function/,
  "arguments as JSON": /tool|function/,
  "arguments as text": /tool|function/,
  refusal: /refusal/,
  finish: /finish|stop_reason|incomplete/,
  "usage totals": /usage/,
  "cached tokens": /usage/,
  "reasoning tokens": /usage/,
  "reasoning text": /reasoning|thinking|thought/,
  citations: /citation|annotation|grounding/,
};

/** The warning that declares a difference in a feature. */
export function declarationOf(feature: Feature, warnings: readonly Warning[]): Warning | undefined {
  return warnings.find(
    ({ subject }) =>
      declaredBy[feature].test(subject) || (feature === "finish" && declaredBy.calls.test(subject)),
  );
}

/** The words of the table of §5 for each ending. */
const endingFor: Readonly<Record<ChatDialect, Readonly<Partial<Record<Ending, readonly Ending[]>>>>> = {
  "openai-chat": { refusal: ["refusal", "filter"] },
  "openai-responses": {},
  "anthropic-messages": {},
  "gemini-generate": { refusal: ["filter"] },
};

/** Compares what an upstream said with what its client read; features that neither has are left out. */
export function compare(expected: Said, got: Said, client: ChatDialect): readonly Compared[] {
  const hasRefusal = client === "openai-chat" || client === "openai-responses";
  const ending = (endingFor[client][expected.ending] ?? [expected.ending]).includes(got.ending)
    ? expected.ending
    : got.ending;
  const calls = pairs(expected.calls, got.calls);
  const both = (feature: Feature, of: (said: Said) => string): Compared => ({
    feature,
    expected: of(expected),
    got: of(got),
  });
  const list: readonly Compared[] = [
    // Where a dialect has no place for a refusal, its words are text.
    both("text", ({ text, refusal }) => (hasRefusal && expected.refusal !== "" ? text : text + refusal)),
    both("calls", (said) => said.calls.map(({ name }) => name).join(", ")),
    ...calls.map(([left, right]) => ({
      feature: "arguments as JSON" as const,
      expected: canonical(left),
      got: canonical(right),
    })),
    ...calls.map(asTexts),
    ...(hasRefusal ? [both("refusal", ({ refusal }) => (expected.refusal === "" ? "" : refusal))] : []),
    { feature: "finish", expected: expected.ending, got: ending },
    ...(expected.usage.input === undefined && expected.usage.output === undefined
      ? []
      : [both("usage totals", ({ usage }) => `${usage.input ?? 0} in, ${usage.output ?? 0} out`)]),
    both("cached tokens", ({ usage }) => counted(usage.cached)),
    both("reasoning tokens", ({ usage }) => counted(usage.reasoning)),
    both("reasoning text", ({ reasoning }) => reasoning),
    both("citations", ({ citations }) =>
      citations
        .map(({ url = "", title = "" }) => url || title)
        .toSorted()
        .join(" "),
    ),
  ];
  return list.filter(
    ({ feature, expected: left, got: right }) => left !== "" || right !== "" || feature === "finish",
  );
}

/** No count and a count of nothing are the same to whoever sums them up. */
const counted = (count: number | undefined): string =>
  count === undefined || count === 0 ? "" : String(count);

function pairs(
  left: readonly SaidCall[],
  right: readonly SaidCall[],
): readonly (readonly [SaidCall, SaidCall])[] {
  return left.flatMap((call, index) => {
    const other = right[index];
    return other === undefined ? [] : [[call, other] as const];
  });
}

const given = ({ argumentsText }: SaidCall): string =>
  /^(?:null)?$/.test(argumentsText.trim()) ? "{}" : argumentsText;

function canonical(call: SaidCall): string {
  const value = jsonOf(given(call));
  return value === undefined ? given(call) : JSON.stringify(sorted(value));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** Texts letter by letter; where one side has a value, both as values that keep their numbers and the members' order. */
function asTexts([left, right]: readonly [SaidCall, SaidCall]): Compared {
  const print = (call: SaidCall): string => {
    const text = given(call);
    if (left.isValue !== true && right.isValue !== true) return text;
    const value = parseKept(text);
    return value === undefined ? text : JSON.stringify(value);
  };
  return { feature: "arguments as text", expected: print(left), got: print(right) };
}
