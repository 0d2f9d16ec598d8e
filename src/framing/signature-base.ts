import type { SignedMessage } from "../exchange/signed-message.ts";
import { innerListText } from "../kernel/structured-text.ts";
import type { SfBareItem, SfInnerList, SfItem } from "../kernel/structured-values.ts";
import { type ComponentFault, componentText, componentValue } from "./signature-component.ts";

export type SignatureBase = { readonly text: string } | { readonly fault: ComponentFault };

/**
 * What is signed: a line for each component, and what the signature says of itself.
 *
 *     "@method": POST
 *     "@signature-params": ("@method");created=1618884473;keyid="a"
 *
 * Source: RFC 9421, section 2.5.
 */
export function signatureBase(input: SfInnerList, message: SignedMessage): SignatureBase {
  const names = new Set<string>();
  let text = "";
  for (const component of input.items) {
    const name = componentText(component);
    if (names.has(name)) return { fault: "malformed" };
    names.add(name);
    const found = componentValue(component, message);
    if ("fault" in found) return found;
    // Whoever chooses a value could write a line of its own; and what is beyond a byte would be cut to one.
    if (/[\r\n\u0100-\uffff]/.test(found.value)) return { fault: "malformed" };
    text += `${name}: ${found.value}\n`;
  }
  return { text: `${text}"@signature-params": ${innerListText(input)}` };
}

/** What a signature says of itself. Times are Unix seconds. */
export interface SignatureParameters {
  readonly created?: number;
  readonly expires?: number;
  readonly nonce?: string;
  readonly alg?: string;
  readonly keyid?: string;
  readonly tag?: string;
}

/** The input of a signature to be made; parameters come in the order in which they are given. */
export function signatureInput(components: readonly SfItem[], parameters: SignatureParameters): SfInnerList {
  const entries = Object.entries(parameters).flatMap(([name, value]): [string, SfBareItem][] => {
    if (typeof value === "number") return [[name, { type: "integer", value }]];
    return typeof value === "string" ? [[name, { type: "string", value }]] : [];
  });
  return { items: components, parameters: new Map(entries) };
}
