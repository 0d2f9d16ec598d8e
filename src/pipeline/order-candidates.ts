import type { Funded } from "../exchange/exchange.ts";
import { envelopeMark, envelopeMarkBase64, mintedMark } from "../exchange/own-state.ts";
import type { Candidate } from "../exchange/target.ts";
import type { Guard } from "./guard.ts";
import type { DecodedOnce, PreparePorts } from "./prepare.ts";

/** What the order is made by. */
type OrderPorts = Pick<PreparePorts, "state" | "holds"> & { readonly guard: Guard };

/**
 * The planned candidates; first those that can go on with the state which the call brings, last those of which nothing is
 * known at a provider that is in trouble.
 */
export function inOrder(funded: Funded, decoded: DecodedOnce, ports: OrderPorts): readonly Candidate[] {
  const pinned = pinnedFirst(funded, decoded, ports);
  if (pinned.length === 1) return pinned;
  const isSuspect = ({ target }: Candidate): boolean => ports.guard.isSuspect(target);
  return pinned.some(isSuspect)
    ? [...pinned.filter((candidate) => !isSuspect(candidate)), ...pinned.filter(isSuspect)]
    : pinned;
}

function pinnedFirst(
  { plan: { candidates }, facts, body, identity }: Funded,
  decoded: DecodedOnce,
  { state, holds }: OrderPorts,
): readonly Candidate[] {
  const mayBring =
    facts.continues !== undefined ||
    (candidates.length > 1 && holds(body, state.knowsState() ? callMarks : ownMarks));
  if (!mayBring) return candidates;
  return state.pinned(candidates, { facts, call: () => decoded().call, tenant: identity.keyId });
}

/** One of them stands in every body with state that the gateway has wrapped. */
const ownMarks = [envelopeMark, envelopeMarkBase64, mintedMark] as const;
/** One of them stands in every body with calls of tools, to which state may belong. */
const callMarks = [
  '"tool_calls"',
  '"tool_use"',
  '"functionCall"',
  '"function_call"',
  '"custom_tool_call"',
] as const;
