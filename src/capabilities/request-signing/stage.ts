import type { RequestMessage } from "../../exchange/signed-message.ts";
import { joinedField, valuesOf } from "../../framing/field-values.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { epochMs } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { NonceStore } from "../../ports/nonce-store.ts";
import type { SignatureCrypto, VerifyingKey } from "../../ports/signature-crypto.ts";
import { judgeDigest } from "./digest.ts";
import { rememberedSeconds, type SigningRules } from "./judge.ts";
import { type Refused, refused, type SignatureReason } from "./reason.ts";
import { verifyMessage } from "./verify-message.ts";
import { hexOf, readSimple } from "./verify-simple.ts";

/** How a request is signed. */
export type SignatureProfile = "rfc9421" | "sallyport-hmac-v1";
export type SignatureResult = "good" | "replayed" | SignatureReason;

/** A signed request: its head, and its body once somebody wants it. */
export interface SignedRequest {
  readonly message: RequestMessage;
  /** All of the body, empty where there is none; asked for at most once, and of a known key only. */
  readonly readBody: () => Promise<Uint8Array>;
}

export interface SigningPorts {
  readonly clock: Pick<Clock, "now">;
  readonly crypto: Pick<SignatureCrypto, "digest" | "isSame">;
  readonly nonces: NonceStore;
  /** `undefined`: no such key, or none that still counts. */
  readonly keyOf: (keyId: string) => VerifyingKey | undefined;
  readonly count: (profile: SignatureProfile, result: SignatureResult) => void;
}

/** Whose signature it is, and the body that was signed. */
export interface ProvenRequest {
  readonly profile: SignatureProfile;
  readonly keyId: string;
  readonly body: Uint8Array;
}

/** By which profile a request says that it is signed; `undefined`: it is not. */
export function profileOf(fields: readonly string[]): SignatureProfile | undefined {
  if (valuesOf(fields, "x-sallyport-signature") !== undefined) return "sallyport-hmac-v1";
  return valuesOf(fields, "signature-input") === undefined ? undefined : "rfc9421";
}

/**
 * Door 1, before it is asked who asks: whether a key of ours has signed exactly this request, just now, and once. The body
 * is read when all that the head tells is in order; what it remembers, it remembers of good signatures only.
 *
 * @throws GatewayError `signature_invalid`, `replayed`, `storage_unavailable`; and what reading the body throws.
 */
export async function prove(
  request: SignedRequest,
  rules: SigningRules,
  ports: SigningPorts,
): Promise<ProvenRequest> {
  const profile = profileOf(request.message.fields) ?? "rfc9421";
  const told = await (profile === "rfc9421" ? proveMessage : proveSimple)(request, rules, ports);
  if ("reason" in told) {
    ports.count(profile, told.reason);
    throw invalid(told);
  }
  const { keyId, nonce, body } = told;
  if (nonce !== undefined) {
    const until = epochMs(ports.clock.now() + rememberedSeconds(rules) * 1000);
    const claim = await ports.nonces.claim({ keyId, nonce }, until);
    if (claim === "full") throw new GatewayError("storage_unavailable", "the store of nonces is full");
    if (claim === "seen") {
      ports.count(profile, "replayed");
      throw new GatewayError("replayed", `a nonce of \`${keyId}\` came twice`);
    }
  }
  ports.count(profile, "good");
  return { profile, keyId, body };
}

/** A signature that had to be there and is not. */
export const unsigned = (): GatewayError => invalid(refused("malformed", "the request is not signed"));

const invalid = ({ reason, detail }: Refused): GatewayError =>
  new GatewayError("signature_invalid", `${reason}: ${detail}`);

interface Told {
  readonly keyId: string;
  readonly nonce: string | undefined;
  readonly body: Uint8Array;
}

async function proveMessage(
  { message, readBody }: SignedRequest,
  rules: SigningRules,
  { clock, crypto, keyOf }: SigningPorts,
): Promise<Told | Refused> {
  const { fields } = message;
  const holds = {
    contentType: joinedField(fields, "content-type") !== undefined,
    body: announcesBody(fields),
  };
  const proven = verifyMessage(message, { rules, now: clock.now(), keyOf, holds });
  if ("reason" in proven) return proven;
  const body = await readBody();
  if (!proven.coversDigest && body.length > 0)
    return refused("missing_component", '"content-digest" not covered');
  const fault = proven.coversDigest ? judgeDigest(message, body, crypto) : undefined;
  return fault ?? { ...proven, body };
}

async function proveSimple(
  { message, readBody }: SignedRequest,
  rules: SigningRules,
  { clock, crypto, keyOf }: SigningPorts,
): Promise<Told | Refused> {
  if (valuesOf(message.fields, "signature-input") !== undefined)
    return refused("malformed", "signed by both profiles");
  const head = readSimple(message, { rules, now: clock.now(), keyOf });
  if ("reason" in head) return head;
  const body = await readBody();
  return head.verify(hexOf(crypto.digest("sha-256", body)))
    ? { keyId: head.keyId, nonce: head.nonce, body }
    : refused("bad_signature", `not by \`${head.keyId}\``);
}

/** Whether the head says that a body comes. HTTP/2 need not say it: then the body itself does. */
const announcesBody = (fields: readonly string[]): boolean =>
  valuesOf(fields, "transfer-encoding") !== undefined ||
  (valuesOf(fields, "content-length") ?? []).some((length) => length !== "0");
