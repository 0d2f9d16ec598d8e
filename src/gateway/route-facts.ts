import type { routeFacts } from "../capabilities/routing/index.ts";
import type { Call } from "../exchange/call.ts";
import type { Assigned } from "../exchange/exchange.ts";
import type { DecodedOnce } from "../pipeline/prepare.ts";
import type { FactOf } from "../ports/expressions.ts";

type FactName = keyof typeof routeFacts;

/** A request as far as the conditions of routes look at it. */
export interface Asking {
  readonly model: string;
  readonly dialect: string;
  readonly isStream: boolean;
  readonly inputTokens: () => number;
  readonly outputTokensMax: number | undefined;
  /** Looked into only if a condition asks for what is in it. */
  readonly content: () => Content;
  readonly key: { readonly id: string; readonly name: string };
  readonly header: (name: string) => string | undefined;
  /** ms since 1970. */
  readonly now: number;
}

export interface Content {
  readonly tools: number;
  readonly images: number;
  readonly turns: number;
  readonly isSchema: boolean;
}

const msPerHour = 3_600_000;
const hoursPerDay = 24;
/** 1 January 1970 was a Thursday; 0 is Sunday. */
const firstWeekday = 4;

const facts: Readonly<Record<FactName, (asking: Asking, key: string) => ReturnType<FactOf>>> = {
  "ai.model": ({ model }) => model,
  "ai.dialect": ({ dialect }) => dialect,
  "ai.stream": ({ isStream }) => isStream,
  "ai.input_tokens": ({ inputTokens }) => inputTokens(),
  "ai.max_output_tokens": ({ outputTokensMax }) => outputTokensMax ?? 0,
  "ai.tools": ({ content }) => content().tools,
  "ai.images": ({ content }) => content().images,
  "ai.turns": ({ content }) => content().turns,
  "ai.schema": ({ content }) => content().isSchema,
  "key.id": ({ key }) => key.id,
  "key.name": ({ key }) => key.name,
  header: ({ header }, name) => header(name) ?? "",
  "time.hour": ({ now }) => Math.floor(now / msPerHour) % hoursPerDay,
  "time.weekday": ({ now }) => (Math.floor(now / (msPerHour * hoursPerDay)) + firstWeekday) % 7,
};

const isFact = (name: string): name is FactName => Object.hasOwn(facts, name);

/** The facts of one request. */
export const factsOf =
  (asking: Asking): FactOf =>
  (name, key = "") =>
    isFact(name) ? facts[name](asking, key) : "";

/** A request at door 6. `inputTokens`: of its body. */
export function askingOf(
  { facts: { model, isStream, outputTokensMax }, route, identity }: Assigned,
  inbound: Pick<Asking, "header" | "inputTokens">,
  decoded: DecodedOnce,
): Omit<Asking, "now"> {
  return {
    ...inbound,
    model,
    dialect: route.codec.dialect,
    isStream,
    outputTokensMax,
    content: contentOnce(decoded),
    key: { id: identity.keyId, name: identity.name },
  };
}

const nothing: Content = { tools: 0, images: 0, turns: 0, isSchema: false };

/**
 * What is in a call, looked into at most once, however many conditions ask. A body that cannot be read is refused where it
 * is sent; here there is nothing in it.
 */
export function contentOnce(decoded: DecodedOnce): () => Content {
  let known: Content | undefined;
  return () => {
    known ??= contentOf(decoded);
    return known;
  };
}

function contentOf(decoded: DecodedOnce): Content {
  try {
    return contentIn(decoded().call);
  } catch {
    return nothing;
  }
}

function contentIn({ tools, turns, output }: Call): Content {
  return {
    tools: tools.length,
    images: turns.reduce((sum, { parts }) => sum + parts.filter(({ kind }) => kind === "image").length, 0),
    turns: turns.length,
    isSchema: output?.kind === "schema",
  };
}
