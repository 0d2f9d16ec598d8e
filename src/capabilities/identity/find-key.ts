import type { ClientKey, KeySecret } from "../../exchange/identity.ts";
import type { KeyDigests } from "../../ports/key-digests.ts";
import { idOfHandle, type KeyDirectory } from "./directory.ts";
import { readKey } from "./key-text.ts";

/** Why a key is not one: the closed list that refusals are counted by. */
export const keyFaults = ["malformed", "unknown", "revoked", "expired", "disabled", "network"] as const;
export type KeyFault = (typeof keyFaults)[number];

export type FoundKey =
  | { readonly kind: "key"; readonly key: ClientKey }
  /** `handle`: of the key that it says it is. */
  | { readonly kind: "fault"; readonly fault: KeyFault; readonly handle: string | undefined };

/** As long as a digest, and none. */
const noDigest = "-".repeat(43);

/**
 * The key of this text, whether it is valid now or not. One that is not whole is refused before anything is looked up; one
 * that nobody knows takes the same time as one with a wrong secret.
 */
export function findKey(
  text: string,
  {
    directory,
    digests,
    now,
  }: { readonly directory: KeyDirectory; readonly digests: KeyDigests; readonly now: number },
): FoundKey {
  const read = readKey(text);
  if (read === undefined) return { kind: "fault", fault: "malformed", handle: undefined };
  const handle = read.form === "v1" ? read.handle : undefined;
  const digest = read.form === "v1" ? digests.ofSecret(read.secret) : digests.ofWhole(text);
  const key = handle === undefined ? directory.byDigest.get(digest) : keyOfHandle(directory, handle);
  const fault = faultOf(key, { presented: { form: read.form, digest }, digests, now });
  return key === undefined || fault !== undefined
    ? { kind: "fault", fault: fault ?? "unknown", handle }
    : { kind: "key", key };
}

function faultOf(
  key: ClientKey | undefined,
  { presented, digests, now }: { presented: KeySecret; digests: KeyDigests; now: number },
): KeyFault | undefined {
  const previous = key?.previous ?? undefined;
  const isKnown = isSame(presented, key?.secret, digests);
  const isOfBefore = isSame(presented, previous, digests);
  if (!isKnown && !isOfBefore) return "unknown";
  if (!isKnown && isOver(previous, now)) return "expired";
  return key?.revokedAt === null ? undefined : "revoked";
}

const isOver = (previous: ClientKey["previous"] | undefined, now: number): boolean =>
  now >= (previous?.until ?? Number.POSITIVE_INFINITY);

function keyOfHandle({ byId, byHandle }: KeyDirectory, handle: string): ClientKey | undefined {
  const key = byId.get(idOfHandle(handle));
  return key?.handle === handle ? key : byHandle.get(handle);
}

const isSame = (presented: KeySecret, kept: KeySecret | undefined, digests: KeyDigests): boolean =>
  digests.areSame(presented.digest, kept?.form === presented.form ? kept.digest : noDigest);
