import type { Problem } from "../../exchange/codec.ts";
import { duplicateRoutingKey, positionOf, type ScannedObject, scanObject } from "../../framing/json-scan.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, parseJson } from "../../kernel/json.ts";
import { camelOf, type Place } from "./fields.ts";
import type { Notes } from "./notes.ts";

/** A body whose top-level members can be trusted, or why they cannot. */
export type ScannedBody =
  | { readonly kind: "scanned"; readonly scan: ScannedObject }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/** What this dialect adds to the routing keys: it holds the output limit, and Google takes it in two spellings. */
const onlyOnce: ReadonlySet<string> = new Set(["generationConfig"]);

/** Checks what every request must be: one JSON object that says nothing twice on which routing depends. */
export function scanBody(body: Uint8Array): ScannedBody {
  const scan = scanObject(body);
  if (scan.kind === "invalid") {
    const { line, column } = positionOf(body, scan.offset);
    return invalid("", "a JSON object", `line ${line}, column ${column}: ${scan.message}`);
  }
  const doubled = duplicateRoutingKey(scan.members) ?? doubledSpelling(scan);
  if (doubled !== undefined) return invalid(doubled, "to be given once", "two members of this name");
  return { kind: "scanned", scan };
}

function doubledSpelling({ members }: ScannedObject): string | undefined {
  const seen = new Set<string>();
  for (const { name } of members) {
    const camel = camelOf(name);
    if (seen.has(camel)) return name;
    if (onlyOnce.has(camel)) seen.add(camel);
  }
  return undefined;
}

/** The whole body as a place; a string is what was got instead. */
export function placeOfBody(body: Uint8Array, notes: Notes): Place | string {
  const text = decodeStrictly(body);
  if (text === undefined) return "bytes that are not UTF-8";
  const object = parseJson(text);
  if (!isJsonObject(object)) return "a string with a bad escape or a control character";
  const slice = jsonSlice(text);
  return { object, path: "", raw: () => slice, notes };
}

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeStrictly(body: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(body);
  } catch {
    return undefined;
  }
}

export function invalid(
  path: string,
  expected: string,
  got: string,
): { readonly kind: "invalid"; readonly problems: readonly Problem[] } {
  return { kind: "invalid", problems: [{ path, expected, got }] };
}
