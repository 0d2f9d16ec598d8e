import { rejection } from "./reject-reason.ts";

/**
 * The `Via` of a message that goes on: what came, and our own entry last.
 *
 * @param values Of the `Via` fields as they came, in order.
 * @param protocol The version by which the message came: `1.1`.
 * @param pseudonym Ours: `sallyport-1a2b3c4d`.
 * Source: RFC 9110, section 7.6.3.
 */
export function viaWith(
  values: readonly string[],
  { protocol, pseudonym }: { readonly protocol: string; readonly pseudonym: string },
): string {
  return [...values.filter((value) => value.trim() !== ""), `${protocol} ${pseudonym}`].join(", ");
}

/**
 * @param values Of the `Via` fields of a request.
 * @throws GatewayError `loop_detected` when the request has been here before.
 */
export function refuseLoop(values: readonly string[], pseudonym: string): void {
  const own = pseudonym.toLowerCase();
  for (const value of values) {
    for (const entry of value.split(",")) {
      if (
        entry
          .trim()
          .split(/[ \t]+/)[1]
          ?.toLowerCase() === own
      )
        throw rejection("loop", "The request came back to the gateway that had sent it on.", "loop_detected");
    }
  }
}
