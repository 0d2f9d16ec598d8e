import { parseDictionary } from "../kernel/structured-fields.ts";
import { isInnerList, type SfInnerList, type SfParameters } from "../kernel/structured-values.ts";
import type { SignatureParameters } from "./signature-base.ts";

/** One signature of a message as it came. */
export interface ReceivedSignature extends SignatureParameters {
  readonly label: string;
  readonly input: SfInnerList;
  readonly signature: Uint8Array;
}

const labelsMax = 4;
const componentsMax = 32;
const charactersMax = 4096;

/**
 * The signatures of a message, from the values of `Signature-Input` and `Signature`; `undefined`: they are none, or more
 * than 4, of more than 32 components, or longer than 4 KiB.
 *
 * Source: RFC 9421, sections 4.1 and 4.2; bounds of the security specification, part 2.
 */
export function readSignatures(inputs: string, signatures: string): readonly ReceivedSignature[] | undefined {
  if (inputs.length > charactersMax || signatures.length > charactersMax) return undefined;
  const told = parseDictionary(inputs);
  const made = parseDictionary(signatures);
  if (told === undefined || made === undefined || told.size === 0) return undefined;
  if (told.size > labelsMax || made.size > labelsMax) return undefined;
  const found: ReceivedSignature[] = [];
  for (const [label, input] of told) {
    const signature = made.get(label);
    if (!isInnerList(input) || input.items.length > componentsMax) return undefined;
    if (signature === undefined || isInnerList(signature) || signature.value.type !== "bytes")
      return undefined;
    const parameters = readParameters(input.parameters);
    if (parameters === undefined) return undefined;
    found.push({ ...parameters, label, input, signature: signature.value.value });
  }
  return found;
}

const texts = ["nonce", "alg", "keyid", "tag"] as const;
const times = ["created", "expires"] as const;

/** `undefined`: one is of the wrong type. What is not known here is signed all the same. */
function readParameters(parameters: SfParameters): SignatureParameters | undefined {
  const read: { -readonly [Name in keyof SignatureParameters]: SignatureParameters[Name] } = {};
  for (const name of texts) {
    const item = parameters.get(name);
    if (item === undefined) continue;
    if (item.type !== "string") return undefined;
    read[name] = item.value;
  }
  for (const name of times) {
    const item = parameters.get(name);
    if (item === undefined) continue;
    if (item.type !== "integer") return undefined;
    read[name] = item.value;
  }
  return read;
}
