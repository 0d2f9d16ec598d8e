import type { SignedMessage } from "../exchange/signed-message.ts";
import { parseItem } from "../kernel/structured-fields.ts";
import { bytesText, innerListText } from "../kernel/structured-text.ts";
import type { SfItem } from "../kernel/structured-values.ts";
import { type SignatureParameters, signatureBase, signatureInput } from "./signature-base.ts";
import type { ComponentFault } from "./signature-component.ts";

/** How a message is to be signed. */
export interface Signing {
  /** A key of a structured field: `sig1`. */
  readonly label: string;
  readonly components: readonly SfItem[];
  readonly parameters: SignatureParameters;
  readonly sign: (text: string) => Uint8Array;
}

export type MadeSignature =
  | { readonly headers: readonly string[]; readonly base: string }
  | { readonly fault: ComponentFault };

/**
 * Signs a message: the fields `Signature-Input` and `Signature`, as a flat list, and what was signed.
 *
 * Source: RFC 9421, section 3.1.
 */
export function signMessage(
  message: SignedMessage,
  { label, components, parameters, sign }: Signing,
): MadeSignature {
  const input = signatureInput(components, parameters);
  const base = signatureBase(input, message);
  if ("fault" in base) return base;
  return {
    headers: [
      ...["signature-input", `${label}=${innerListText(input)}`],
      ...["signature", `${label}=${bytesText(sign(base.text))}`],
    ],
    base: base.text,
  };
}

/** A component as people write it: `@method`, `content-type`, `cache-control;sf`, `@query-param;name="a"`; `undefined`: it is none. */
export function readComponent(text: string): SfItem | undefined {
  const semicolon = text.indexOf(";");
  const name = semicolon < 0 ? text : text.slice(0, semicolon);
  return /["\\]/.test(name) ? undefined : parseItem(`"${name}"${semicolon < 0 ? "" : text.slice(semicolon)}`);
}
