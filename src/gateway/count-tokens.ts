import { resolveModel, type TargetRef } from "../capabilities/routing/index.ts";
import { countedPrompt, promptTokens, startFor, type TokenCount } from "../capabilities/token-count/index.ts";
import type { Call } from "../exchange/call.ts";
import type { Assigned } from "../exchange/exchange.ts";
import type { Target } from "../exchange/target.ts";
import type { Tokenizer } from "../ports/tokenizer.ts";
import { anthropicMessages, encodeCount } from "../protocols/anthropic-messages/index.ts";
import { spliceBody } from "./body-tools.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a count is made with. */
export interface Counting {
  readonly tokenCount: TokenCount;
  readonly tokenizer: Pick<Tokenizer, "count">;
}

/**
 * The answer to a count that no upstream of its model can make, made here; `undefined` for any other request, and where
 * an upstream counts that it may be sent to. Never rejects: what cannot be counted is estimated from its length.
 */
export function countHere(
  { route, facts, body }: Assigned,
  { table }: Snapshot,
  { tokenCount, tokenizer }: Counting,
  isWithin: (target: Target) => boolean,
): Promise<{ readonly body: string; readonly reason: string }> | undefined {
  if (route.codec.dialect !== "anthropic-count") return undefined;
  const resolution = resolveModel(table, facts.model);
  const targets = resolution.kind === "found" ? resolution.targets : [];
  const [first] = targets;
  const counts = ({ provider, model }: TargetRef): boolean => {
    const target = table.providers.get(provider)?.targetOf(model);
    return (
      target?.endpoints.some(({ codec }) => codec.dialect === "anthropic-count") === true && isWithin(target)
    );
  };
  if (first === undefined || targets.some(counts)) return undefined;
  const answer = (tokens: number, how: string) => ({
    body: encodeCount(tokens),
    reason: `no upstream of this model counts: ${tokens} tokens by ${how}`,
  });
  const estimated = () => answer(tokenCount.estimate(first, body.byteLength).tokens, "estimate");
  const call = callOf(body);
  if (call === undefined) return Promise.resolve(estimated());
  const prompt = countedPrompt(call, first.model);
  return tokenizer
    .count(prompt.vocabulary, prompt.texts)
    .then(
      (found) => answer(Math.round(promptTokens(prompt, found) * startFor(first.model)), "count"),
      estimated,
    );
}

/** The call of a body without a limit; `undefined` where it brings what is not counted in words, or cannot be read. */
function callOf(body: Uint8Array): Call | undefined {
  const limited = spliceBody(body, [{ member: "max_tokens", value: "1" }]);
  const decoding = anthropicMessages.decode(limited, { target: {} });
  if (decoding.kind === "invalid") return undefined;
  const isOfWords = decoding.call.turns.every(({ parts }) =>
    parts.every(({ kind }) => kind !== "image" && kind !== "audio" && kind !== "video"),
  );
  return isOfWords ? decoding.call : undefined;
}
