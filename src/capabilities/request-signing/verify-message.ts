import type { RequestMessage } from "../../exchange/signed-message.ts";
import { joinedField, valuesOf } from "../../framing/field-values.ts";
import { signatureBase } from "../../framing/signature-base.ts";
import { componentText } from "../../framing/signature-component.ts";
import { type ReceivedSignature, readSignatures } from "../../framing/signature-fields.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { VerifyingKey } from "../../ports/signature-crypto.ts";
import { type Holds, judgeCoverage, judgeParameters, type SigningRules } from "./judge.ts";
import { type Refused, refused } from "./reason.ts";

/** What a good signature says. */
export interface Proven {
  readonly keyId: string;
  readonly nonce: string | undefined;
  /** Whether the digest of the content is signed, so that the content still has to be held against it. */
  readonly coversDigest: boolean;
}

/** What is asked besides the message. */
export interface Verification {
  readonly rules: SigningRules;
  readonly now: EpochMs;
  /** `undefined`: no such key, or none that still counts. */
  readonly keyOf: (keyId: string) => VerifyingKey | undefined;
  readonly holds: Holds;
}

/**
 * Whether the head of a request was signed by a key of ours. Nothing is remembered and no body is read.
 *
 * Source: RFC 9421, section 3.2.
 */
export function verifyMessage(message: RequestMessage, asked: Verification): Proven | Refused {
  const found = signatureFor(message, asked);
  if ("reason" in found) return found;
  const { keyid, alg, nonce, input, signature } = found;
  const key = keyid === undefined ? undefined : asked.keyOf(keyid);
  if (keyid === undefined || key === undefined) return refused("unknown_key", `no key \`${keyid ?? ""}\``);
  if (alg !== undefined && alg !== key.algorithm)
    return refused("wrong_alg", `\`${alg}\`, but the key is of ${key.algorithm}`);
  const covered = new Set(input.items.map(componentText));
  const fault =
    judgeParameters(found, asked.now, asked.rules) ?? judgeCoverage(covered, asked.holds, asked.rules);
  if (fault !== undefined) return fault;
  const base = signatureBase(input, message);
  if ("fault" in base) return refused(base.fault, "a component cannot be had of this request");
  if (!key.verify(base.text, signature)) return refused("bad_signature", `not by \`${keyid}\``);
  return { keyId: keyid, nonce, coversDigest: covered.has('"content-digest"') };
}

/** Of several signatures the first that is marked as ours, and by a key of ours if there is one. */
function signatureFor(
  { fields }: RequestMessage,
  { rules, keyOf }: Verification,
): ReceivedSignature | Refused {
  const inputs = joinedField(fields, "signature-input");
  const signatures = joinedField(fields, "signature");
  const all = readSignatures(inputs ?? "", signatures ?? "");
  if (all === undefined) return refused("malformed", "`Signature-Input` and `Signature` cannot be read");
  const ours = rules.tag === undefined ? all : all.filter(({ tag }) => tag === rules.tag);
  const [first] = ours;
  if (first === undefined) return refused("malformed", `no signature is tagged \`${rules.tag ?? ""}\``);
  const known = ours.find(({ keyid }) => keyid !== undefined && keyOf(keyid) !== undefined) ?? first;
  return known.keyid === undefined ? refused("malformed", "no `keyid`") : known;
}

/** The ids of the keys by which a request says that it is signed; empty: by none that can be read. */
export function signersOf({ fields }: Pick<RequestMessage, "fields">): readonly string[] {
  const simple = valuesOf(fields, "x-sallyport-key-id") ?? [];
  const all = readSignatures(
    joinedField(fields, "signature-input") ?? "",
    joinedField(fields, "signature") ?? "",
  );
  return [...simple, ...(all ?? []).flatMap(({ keyid }) => keyid ?? [])];
}
