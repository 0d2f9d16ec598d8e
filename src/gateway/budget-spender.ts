import type { Spender, Spent } from "../capabilities/budget/index.ts";
import { knownNanoUsd, type RequestRecord } from "../exchange/settlement.ts";
import type { Asked } from "./guards.ts";

/** Whose money a request spends. */
export function spenderOf({ identified: { identity, route }, call }: Asked): Spender {
  const { keyId, tenant, project, user } = identity;
  return {
    ...{ tenant, project, user, route: route.id },
    key: keyId === "" ? undefined : keyId,
    model: call?.facts.model ?? (route.kind === "realtime" ? route.model : undefined),
  };
}

/** The same of what is on record, where nothing was held for it: a response of a session, a call of the gateway's own. */
export function spenderOfRecord({ keyId, tenant, project, user, route, model }: RequestRecord): Spender {
  return { tenant, project, user, route, key: keyId ?? undefined, model: model ?? undefined };
}

/**
 * What a request has cost; `undefined`: nothing. Where something was answered and nobody knows what that costs, it is what
 * was held for it: never silently nothing.
 */
export function spentOf(record: RequestRecord, heldNanoUsd: number): Spent | undefined {
  const { cost, usage } = record;
  const priceVersion = cost?.book ?? null;
  const counted = usageOf(record);
  if (cost !== null && cost.nanoUsd !== null) {
    const estimated = usage !== null && usage.basis !== "reported";
    return { nanoUsd: cost.nanoUsd, usage: counted, priceVersion, estimated };
  }
  const known = knownNanoUsd(cost);
  if (isAnswered(record))
    return { nanoUsd: Math.max(known, heldNanoUsd), usage: counted, priceVersion, estimated: true };
  return known === 0 ? undefined : { nanoUsd: known, usage: null, priceVersion, estimated: false };
}

/** The responses of a session are booked one by one; the one that its end has cut nobody has counted: it is what was held. */
export const spentOfSession = ({ trail }: Asked, heldNanoUsd: number): Spent | undefined =>
  trail.isCut ? { nanoUsd: heldNanoUsd, usage: null, priceVersion: null, estimated: true } : undefined;

function usageOf({ usage }: RequestRecord): Spent["usage"] {
  if (usage === null) return null;
  return { input: usage.input.total ?? 0, output: usage.output.total ?? 0 };
}

/** A raw request that is no `POST` asks no model. */
const isAnswered = ({ attempts, lane, method }: RequestRecord): boolean =>
  attempts.some(({ code }) => code === null) && (lane !== "raw" || method === "POST");
