import type { Problem } from "../../exchange/codec.ts";
import { duplicateRoutingKey, type Member, positionOf, scanObject } from "../../framing/json-scan.ts";

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A body whose top-level members can be trusted, or the one reason why they cannot. */
export type ScannedBody =
  | { readonly kind: "scanned"; readonly members: readonly Member[]; readonly text: string }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/** Checks what every request must be: UTF-8, one JSON object, no routing key twice. */
export function scanBody(body: Uint8Array): ScannedBody {
  const scan = scanObject(body);
  if (scan.kind === "invalid") {
    const { line, column } = positionOf(body, scan.offset);
    return invalid("", "a JSON object", `${scan.message} at line ${line}, column ${column}`);
  }
  const text = decodeStrictly(body);
  if (text === undefined) return invalid("", "UTF-8", "other bytes");
  const doubled = duplicateRoutingKey(scan.members);
  if (doubled !== undefined) return invalid(doubled, "one member of this name", "two");
  return { kind: "scanned", members: scan.members, text };
}

function decodeStrictly(body: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(body);
  } catch {
    return undefined;
  }
}

/** A body that is refused for one reason. */
export function invalid(
  path: string,
  expected: string,
  got: string,
): { readonly kind: "invalid"; readonly problems: readonly Problem[] } {
  return { kind: "invalid", problems: [{ path, expected, got }] };
}
