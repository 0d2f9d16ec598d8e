import type { Decision } from "../../exchange/decision.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { FactSchema } from "../../ports/expressions.ts";
import { narrowed, type RouteHints } from "./hints.ts";
import type { RouteChoice, RouteRules, TargetRef } from "./shapes.ts";

/** What the conditions of a route may ask of a request. Names of headers are ours, so that no credential is among them. */
export const routeFacts = {
  "ai.model": { kind: "text", about: "the name that was asked for" },
  "ai.dialect": { kind: "text", about: "how the client speaks, `openai-chat`" },
  "ai.stream": { kind: "bool", about: "whether a stream is wanted" },
  "ai.input_tokens": { kind: "int", about: "of the prompt, estimated by its bytes" },
  "ai.max_output_tokens": { kind: "int", about: "the client's limit, 0 without one" },
  "ai.tools": { kind: "int", about: "how many are declared" },
  "ai.images": { kind: "int", about: "how many are in it" },
  "ai.turns": { kind: "int", about: "of the conversation" },
  "ai.schema": { kind: "bool", about: "whether the answer must fit a JSON Schema" },
  "key.id": { kind: "text", about: "of the asking key" },
  "key.name": { kind: "text", about: "of the asking key" },
  header: {
    kind: "texts",
    about: 'one of the request, `header["x-sallyport-team"]`, empty where it is missing',
    keys: { pattern: /^x-sallyport-[a-z0-9-]{1,60}$/, rule: '`header["x-sallyport-…"]`, in small letters' },
  },
  "time.hour": { kind: "int", about: "0 to 23, UTC" },
  "time.weekday": { kind: "int", about: "0 is Sunday, UTC" },
} as const satisfies FactSchema;

/** All of them in one sentence, for the documentation. */
export const factsInWords: string = Object.entries(routeFacts)
  .map(([name, { about }]) => `\`${name}\` (${about})`)
  .join(", ");

/** What a conditional route comes to for one request. */
export interface Taken {
  /** How one of its targets is chosen. */
  readonly rules: RouteRules;
  /** `provider/model`, in their order; absent: all of the pool's. */
  readonly use?: readonly string[];
  readonly case: NonNullable<Decision["case"]>;
}

/**
 * The first case whose condition holds, else `else`, else the pool in its order. A client's own strategy goes before
 * the one of the case, and never widens what the case may use.
 *
 * @param holds Asked in the order of the cases, and no further than the first that holds.
 * @throws GatewayError `malformed_request` for the wish to learn: what may be chosen differs from request to request.
 */
export function takeCase(
  rules: RouteRules,
  hints: RouteHints,
  holds: (when: string, index: number) => boolean,
): Taken {
  if (hints.strategy === "learned") throw notLearned();
  const { cases = [], else: otherwise, ...rest } = rules;
  const index = cases.findIndex(({ when }, at) => holds(when, at));
  const found = cases[index];
  const choice: RouteChoice = found ?? otherwise ?? {};
  const inner = narrowed({ ...rest, strategy: choice.strategy ?? "priority" }, hints) ?? rest;
  return {
    rules: inner,
    ...(choice.use === undefined ? {} : { use: choice.use }),
    case: {
      taken: found === undefined ? (otherwise === undefined ? "none" : "else") : index + 1,
      ...(found === undefined ? {} : { when: found.when }),
      strategy: inner.strategy,
    },
  };
}

/** The targets that a case uses. Where the order decides, it is that of the case. */
export function usedOf<Found extends { readonly reference: TargetRef }>(
  found: readonly Found[],
  taken: Taken | undefined,
): readonly Found[] {
  const { use, rules } = taken ?? {};
  if (use === undefined) return found;
  const placed = found.flatMap((one) => {
    const at = use.indexOf(nameOf(one.reference));
    return at < 0 ? [] : [{ one, at }];
  });
  if (rules?.strategy !== "priority") return placed.map(({ one }) => one);
  return placed
    .toSorted((left, right) => left.at - right.at)
    .map(({ one, at }) => ({ ...one, reference: { ...one.reference, tier: at } }));
}

/** A decision with the case that led to it. */
export const withCase = (decision: Decision, taken: Taken | undefined): Decision =>
  taken === undefined ? decision : { ...decision, strategy: "conditional", case: taken.case };

const nameOf = ({ provider, model }: TargetRef): string => `${provider}/${model}`;

function notLearned(): GatewayError {
  const message =
    "This model is conditional, and `learned` needs the same targets for every request. Leave the header `x-sallyport-strategy` out, or ask for another strategy.";
  return new GatewayError("malformed_request", message, { message, param: "x-sallyport-strategy" });
}
