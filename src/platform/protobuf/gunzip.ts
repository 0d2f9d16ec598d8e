import { promisify } from "node:util";
import { gunzip as unpack } from "node:zlib";
import { GatewayError } from "../../kernel/errors.ts";
import type { MessageForms } from "../../ports/message-forms.ts";

const unpackLater = promisify(unpack);

/** Unpacks in a thread of the pool, and never more than is allowed: a kilobyte may hold a gigabyte of nothing. */
export const gunzip: MessageForms["gunzip"] = async (packed, bytesMax) => {
  try {
    return await unpackLater(packed, { maxOutputLength: Math.max(1, bytesMax) });
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ERR_BUFFER_TOO_LARGE")
      return undefined;
    const message = "The message says that it is gzip, and is not.";
    throw new GatewayError("malformed_request", String(thrown), { message, cause: thrown });
  }
};
