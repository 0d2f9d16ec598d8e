import { resolveModel, type TargetRef } from "../capabilities/routing/index.ts";
import type { TokenCount } from "../capabilities/token-count/index.ts";
import type { Assigned } from "../exchange/exchange.ts";
import { encodeCount } from "../protocols/anthropic-messages/index.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * The answer to a count that no upstream of its model can make, estimated here; `undefined` for any other request, and
 * where an upstream counts.
 */
export function countHere(
  { route, facts, body }: Assigned,
  { table }: Snapshot,
  tokenCount: TokenCount,
): { readonly body: string; readonly reason: string } | undefined {
  if (route.codec.dialect !== "anthropic-count") return undefined;
  const resolution = resolveModel(table, facts.model);
  const targets = resolution.kind === "found" ? resolution.targets : [];
  const [first] = targets;
  const counts = ({ provider, model }: TargetRef): boolean =>
    table.providers
      .get(provider)
      ?.targetOf(model)
      .endpoints.some(({ codec }) => codec.dialect === "anthropic-count") === true;
  if (first === undefined || targets.some(counts)) return undefined;
  const { tokens } = tokenCount.estimate(first, body.byteLength);
  return {
    body: encodeCount(tokens),
    reason: `no upstream of this model counts: ${tokens} tokens by estimate`,
  };
}
