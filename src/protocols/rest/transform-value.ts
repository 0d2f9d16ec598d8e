import { GatewayError } from "../../kernel/errors.ts";
import type { FactOf } from "../../ports/expressions.ts";

/** A text that is written down, or one that an expression makes of the request. */
export type TransformValue = string | ((factOf: FactOf) => string);

/** What cannot be compiled, and where in the settings. `why`: goes behind what is named there. */
export interface TransformFault {
  readonly at: readonly (string | number)[];
  readonly why: string;
}

const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a text may be the value of a header: no CR, LF, NUL or other control byte. */
export const isFieldValue = (text: string): boolean => fieldValue.test(text);

export const valueOf = (value: TransformValue, factOf: FactOf): string =>
  typeof value === "string" ? value : value(factOf);

/**
 * The same for a header.
 * @throws GatewayError `malformed_request` when an expression makes what no header can hold.
 */
export function fieldValueOf(name: string, value: TransformValue, factOf: FactOf): string {
  const text = valueOf(value, factOf);
  if (isFieldValue(text)) return text;
  throw new GatewayError("malformed_request", `the value made for header ${name} holds a control byte`, {
    message: "A header that is made of this request would hold a control byte.",
  });
}
