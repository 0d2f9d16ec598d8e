import { GatewayError } from "../kernel/errors.ts";
import type { Caller } from "./caller.ts";
import type { Prepared } from "./prepare.ts";

export const isStrict = (caller: Caller): boolean => caller.header("x-sallyport-strict") === "1";

/** In strict mode whatever would be lost or changed on the way is a refusal. */
export function strictly(prepared: Prepared, isStrictCall: boolean): Prepared {
  if (prepared.kind === "refused" || !isStrictCall) return prepared;
  // What is emulated, or was never asked for, is neither lost nor changed.
  const lost = prepared.warnings.find(({ kind }) => kind !== "emulated" && kind !== "defaulted");
  if (lost === undefined) return prepared;
  const what = `\`${lost.subject}\` would be ${lost.kind === "continuity-lost" ? "lost" : lost.kind}`;
  const note = lost.note === undefined ? "" : `: ${lost.note}`;
  const message = `${what} on the way to this model${note}. \`x-sallyport-strict: 1\` asks for a refusal instead.`;
  const error = new GatewayError("unsupported_parameter", message, { message, param: lost.subject });
  return { kind: "refused", error };
}
