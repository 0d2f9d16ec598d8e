import { GatewayError } from "../../kernel/errors.ts";
import type { Priority } from "./bulkhead.ts";

const header = "x-sallyport-priority";

/**
 * How urgent a request is; a batch gives way to everybody else where there is no room for all. It says so itself, and can ask for
 * no more than who has sent it may: what a key for batches brings is a batch.
 *
 * @throws GatewayError `malformed_request` for another word.
 */
export function priorityOf(
  read: (name: string) => string | undefined,
  by: { readonly priority?: Priority } | undefined,
): Priority {
  const text = read(header)?.trim().toLowerCase();
  if (text === undefined || text === "interactive") return by?.priority ?? "interactive";
  if (text === "batch") return "batch";
  const message = `The header \`${header}\` must be \`interactive\` or \`batch\`, not \`${text.slice(0, 40)}\`.`;
  throw new GatewayError("malformed_request", message, { message, param: header });
}
