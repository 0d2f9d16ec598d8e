import { base64Text } from "../../framing/base64.ts";
import { type Printable, printJson } from "../../kernel/json.ts";
import { nameOfCode } from "./codes.ts";
import type { HeaderList } from "./header-list.ts";
import type { GrpcStatus } from "./status.ts";

const encoder = new TextEncoder();

/** An error as Connect tells it. Source: connectrpc.com/docs/protocol, "Error end-stream" and "Error codes". */
function errorOf({ code, message, details }: GrpcStatus): Printable {
  return {
    code: nameOfCode(code),
    message: message === "" ? undefined : message,
    details:
      details.length === 0
        ? undefined
        : details.map(({ type, value }) => ({ type, value: base64Text(value) })),
  };
}

/** The body of a unary answer that is an error. */
export const errorBody = (status: GrpcStatus): Uint8Array => encoder.encode(printJson(errorOf(status)));

/** What the last envelope of a stream says. */
export function endOfStream(status: GrpcStatus, metadata: HeaderList): Uint8Array {
  const lists = new Map<string, string[]>();
  for (let index = 0; index + 1 < metadata.length; index += 2) {
    const name = metadata[index] ?? "";
    lists.set(name, [...(lists.get(name) ?? []), metadata[index + 1] ?? ""]);
  }
  return encoder.encode(
    printJson({
      error: status.code === 0 ? undefined : errorOf(status),
      metadata: lists.size === 0 ? undefined : Object.fromEntries(lists),
    }),
  );
}
