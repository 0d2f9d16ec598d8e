import { createHash } from "node:crypto";
import type { LoggedRequest } from "../../src/ports/event-log.ts";
import { loggedRequest } from "./logged-request.ts";

/** The `index`-th record that the victim writes: its body is long, different each time, and carries its own SHA-256. */
export function crashRecord(index: number): LoggedRequest {
  const text = `${index} `.repeat(20 + ((index * 37) % 400));
  const body = JSON.stringify({ text, sha256: createHash("sha256").update(text).digest("hex") });
  return loggedRequest(index, { body }, 50);
}
