import type { Authorized, Decoded, Received } from "../../exchange/exchange.ts";
import type { ClientKey, Identity, OneOfEach } from "../../exchange/identity.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { networkMatcher } from "../../kernel/ip-network.ts";
import type { KeyDigests } from "../../ports/key-digests.ts";
import {
  aboveKey,
  endOf,
  heldTo,
  identityOf,
  isOwnerLive,
  type KeyDirectory,
  networksOf,
} from "./directory.ts";
import { findKey, type KeyFault } from "./find-key.ts";
import { mayUse } from "./scope.ts";

const howTo =
  "Send a gateway key (`sp-…`) as `Authorization: Bearer` or `x-api-key`; `sallyport keys create` makes one.";

/** Why nobody was known: what refusals of door 1 are counted by. */
export type IdentityFault = KeyFault | "missing" | "ambiguous";

/** Who asks, or why nobody is known. `handle`: of the key that it says it has. */
export type IdentityDecision =
  | { readonly kind: "known"; readonly identity: Identity }
  | { readonly kind: "unknown"; readonly fault: IdentityFault; readonly handle?: string | undefined };

const details: Readonly<Record<IdentityFault, string>> = {
  missing: "no gateway key",
  ambiguous: "two different gateway keys",
  malformed: "a key that is not whole: its checksum is wrong",
  unknown: "unknown key",
  revoked: "revoked key",
  expired: "expired key",
  disabled: "a credential whose project or tenant is disabled",
  network: "a credential that may not be used from this address",
};

/** Door 1: who is asking. */
export function identify(
  { presented, at, address }: Pick<Received, "presented" | "at" | "address">,
  directory: KeyDirectory,
  digests: KeyDigests,
): IdentityDecision {
  const [text, other] = presented;
  if (text === undefined) return { kind: "unknown", fault: "missing" };
  if (other !== undefined) return { kind: "unknown", fault: "ambiguous" };
  const found = findKey(text, { directory, digests, now: at });
  if (found.kind === "fault") return { kind: "unknown", fault: found.fault, handle: found.handle };
  return valid(directory, found.key, { at, address });
}

/** Who the key of this id says that it is, proved by other means than its secret. */
export function identifyAs(
  keyId: string,
  directory: KeyDirectory,
  request: Pick<Received, "at" | "address">,
): IdentityDecision {
  const key = directory.byId.get(keyId);
  if (key === undefined) return { kind: "unknown", fault: "unknown" };
  if (key.revokedAt !== null) return { kind: "unknown", fault: "revoked" };
  return valid(directory, key, request);
}

/**
 * Who is known by the word of another, held to what their tenant and project hold here: a token is not worth more than a key
 * of the same tenant. A tenant of which nothing is known here bounds nobody.
 */
export function identifyWithin(
  identity: Identity,
  directory: KeyDirectory,
  { at, address }: Pick<Received, "at" | "address">,
): IdentityDecision {
  const held = heldTo(directory, identity);
  if (held === undefined) return { kind: "known", identity };
  const { expiresAt } = held.identity;
  if (!isOwnerLive(directory, identity, at)) return { kind: "unknown", fault: "disabled" };
  if (expiresAt !== undefined && at >= expiresAt) return { kind: "unknown", fault: "expired" };
  if (!isWithin(held.networks, address)) return { kind: "unknown", fault: "network" };
  return { kind: "known", identity: held.identity };
}

/** Whether a key may be used now, and from there. */
function valid(
  directory: KeyDirectory,
  key: ClientKey,
  { at, address }: Pick<Received, "at" | "address">,
): IdentityDecision {
  const invalid = (fault: KeyFault): IdentityDecision => ({
    kind: "unknown",
    fault,
    handle: key.handle ?? undefined,
  });
  const above = aboveKey(directory, key);
  if (above === undefined || above.isDisabled) return invalid("disabled");
  if (at >= endOf(key, above)) return invalid("expired");
  if (!isWithin(networksOf(key, above), address)) return invalid("network");
  return { kind: "known", identity: identityOf(key, above) };
}

/** The refusal: the same words whatever is wrong with a key, since what exists is nobody's to find out. */
export const unidentified = (fault: IdentityFault): GatewayError =>
  new GatewayError("unauthenticated", details[fault], { message: messageOf(fault), reason: fault });

function messageOf(fault: IdentityFault): string {
  if (fault === "missing") return `No gateway key came with this request. ${howTo}`;
  if (fault === "ambiguous") return "Two different gateway keys came with this request; send one.";
  return `This gateway key is unknown or revoked, or is not valid here. ${howTo}`;
}

/** Matchers by the list that they are made of: a list is as old as its key. */
const matchers = new WeakMap<readonly string[], (address: string) => boolean>();

function isWithin(networks: OneOfEach, addressOf: () => string): boolean {
  if (networks.length === 0) return true;
  const address = addressOf();
  return networks.every((list) => {
    const known = matchers.get(list);
    const matches = known ?? networkMatcher(list);
    if (known === undefined) matchers.set(list, matches);
    return matches(address);
  });
}

/** Door 2: whether this caller may use the model it names. */
export function authorize(decoded: Decoded): Authorized {
  const { models } = decoded.identity;
  if (!mayUse(models, decoded.facts.model)) {
    throw new GatewayError(
      "model_not_found",
      `key ${decoded.identity.keyId} may not use ${decoded.facts.model}`,
      {
        message: `The model \`${decoded.facts.model}\` does not exist or this key may not use it.`,
        param: "model",
      },
    );
  }
  return { ...decoded, constraints: { models } };
}
