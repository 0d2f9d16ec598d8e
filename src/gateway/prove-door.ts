import { type KeyDirectory } from "../capabilities/identity/index.ts";
import {
  profileOf,
  prove,
  type SignatureProfile,
  type SignatureResult,
  signersOf,
  unsigned,
} from "../capabilities/request-signing/index.ts";
import type { Received } from "../exchange/exchange.ts";
import type { Identity } from "../exchange/identity.ts";
import type { RequestMessage } from "../exchange/signed-message.ts";
import { signedAuthority } from "../framing/field-values.ts";
import { type EpochMs, epochMs } from "../kernel/units.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { NonceStore } from "../ports/nonce-store.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { SignatureCrypto } from "../ports/signature-crypto.ts";
import { heldRequest } from "./held-request.ts";
import type { LiveSigningKey, SigningKeys } from "./signing-keys.ts";
import type { Snapshot } from "./snapshot.ts";

/** What it is wired to. */
export interface ProveParts {
  readonly clock: Pick<Clock, "now">;
  readonly crypto: Pick<SignatureCrypto, "digest" | "isSame">;
  readonly nonces: NonceStore;
  readonly keys: Pick<SigningKeys, "find">;
  readonly directory: () => KeyDirectory;
  readonly count: (profile: SignatureProfile, result: SignatureResult) => void;
}

/** Of a signed request; more is refused. */
const bodyBytesMax = 8 * 1024 * 1024;

/** Before door 1: a signature that comes has to hold, and where one has to come, it does. */
export function createProveDoor(parts: ProveParts): Doors<Snapshot>["prove"] {
  const identities = byKeyId(parts.directory);
  const liveKey = (id: string, now: EpochMs): LiveSigningKey | undefined => {
    const found = parts.keys.find(id, now);
    return found !== undefined && identities().has(found.entry.clientKeyId) ? found : undefined;
  };
  const proven = async (
    received: Received,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ): Promise<InboundRequest> => {
    const { signing } = trail.snapshot;
    try {
      const { keyId, body } = await prove(
        {
          message: messageOf(received, inbound),
          readBody: async () =>
            inbound.upgrade === undefined ? inbound.readBody(bodyBytesMax) : new Uint8Array(0),
        },
        signing.rules,
        { ...parts, keyOf: (id) => liveKey(id, parts.clock.now())?.key },
      );
      trail.proven = identityOf(liveKey(keyId, parts.clock.now()), identities());
      return inbound.upgrade === undefined ? heldRequest(inbound, body) : inbound;
    } catch (thrown) {
      trail.told.push("accept-signature", signing.accept);
      throw thrown;
    }
  };
  return (received, inbound, trail) => {
    const profile = profileOf(inbound.rawHeaders);
    const isRequired = needsSignature(received, trail.snapshot);
    if (profile === undefined) {
      if (!isRequired) return inbound;
      trail.told.push("accept-signature", trail.snapshot.signing.accept);
      throw unsigned();
    }
    const isForOthers = !isRequired && provesItself(received) && !isOurs(inbound, parts);
    return isForOthers ? inbound : proven(received, inbound, trail);
  };
}

/** Whether a signature is by a key of ours; one that is not may be meant for the service behind. */
const isOurs = ({ rawHeaders }: InboundRequest, { keys, clock }: ProveParts): boolean =>
  signersOf({ fields: rawHeaders }).some((id) => keys.find(id, clock.now()) !== undefined);

/** Whether it is known otherwise who asks, or nobody wants to know. */
const provesItself = ({ presented, route }: Received): boolean =>
  presented.length > 0 || (route.kind === "service" && route.rule.auth !== "required");

function needsSignature({ route }: Received, { signing }: Snapshot): boolean {
  if (route.kind !== "service") return signing.isRequiredOfAi;
  // A browser asks beforehand, without a signature, whether it may ask.
  return route.rule.signature === "required" && route.rule.auth !== "none";
}

const messageOf = (
  { method, host, path, query }: Received,
  { scheme, target, rawHeaders }: InboundRequest,
): RequestMessage => ({
  ...{ method, scheme, path, query, target },
  authority: signedAuthority(host, scheme),
  fields: rawHeaders,
});

/** Who a signing key stands for; it ends when the first of the two does. */
function identityOf(
  live: LiveSigningKey | undefined,
  identities: ReadonlyMap<string, Identity>,
): Identity | undefined {
  const identity = live && identities.get(live.entry.clientKeyId);
  if (live === undefined || identity === undefined) return undefined;
  const ends = [live.entry.expiresAt, identity.expiresAt].filter((end) => typeof end === "number");
  return {
    ...identity,
    method: "signature",
    ...(ends.length === 0 ? {} : { expiresAt: epochMs(Math.min(...ends)) }),
  };
}

/** The directory by the ids of its keys, made anew when it is another. */
function byKeyId(directory: () => KeyDirectory): () => ReadonlyMap<string, Identity> {
  let of: KeyDirectory | undefined;
  let made: ReadonlyMap<string, Identity> = new Map();
  return () => {
    const now = directory();
    if (now !== of) {
      of = now;
      made = new Map([...now.values()].map((identity) => [identity.keyId, identity]));
    }
    return made;
  };
}
