import { GatewayError } from "../kernel/errors.ts";
import { spanOf } from "../kernel/retry-after.ts";

/** Headers by which clients say how long they wait; a bare number is seconds. */
const wishes = ["x-sallyport-timeout", "x-request-timeout", "x-stainless-timeout"] as const;

/**
 * How long the whole request may take, ms: the route's limit, or less if the client wishes so.
 *
 * @throws GatewayError `malformed_request` for a wish that cannot be read.
 */
export function readTimeLimit(header: (name: string) => string | undefined, totalMs: number): number {
  let limit = totalMs;
  for (const name of wishes) {
    const text = header(name);
    if (text === undefined) continue;
    const wish = spanOf(text.trim());
    if (wish === undefined || wish <= 0) throw unreadable(name, text);
    limit = Math.min(limit, wish);
  }
  return limit;
}

function unreadable(name: string, text: string): GatewayError {
  const message = `The header \`${name}\` must be a time above 0, like \`30s\`, \`1500ms\` or seconds, not \`${text.slice(0, 40)}\`.`;
  return new GatewayError("malformed_request", message, { message, param: name });
}
