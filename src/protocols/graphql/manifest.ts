import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";

/** SHA-256 of a text in UTF-8, as 64 lower-case hexadecimal digits. */
export type Sha256 = (text: string) => string;

export type ManifestRead =
  /** Texts of documents by their ids, which have no `sha256:` before them. */
  | { readonly kind: "documents"; readonly documents: ReadonlyMap<string, string> }
  /** A sentence each. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** An id as documents are kept under it. */
export const plainId = (id: string): string => (id.startsWith("sha256:") ? id.slice(7).toLowerCase() : id);

/**
 * Reads a manifest of trusted documents: `{ "<id>": "<text>" }`, or the file of Apollo's tools
 * (`{ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [{ "id", "body", … }] }`).
 * An id that says it is a SHA-256 must be that of its text.
 */
export function readManifest(text: string, sha256: Sha256): ManifestRead {
  const json = parseJson(text);
  if (!isJsonObject(json)) return { kind: "problems", problems: ["The manifest must be a JSON object."] };
  const pairs = json["format"] === undefined ? Object.entries(json) : apolloPairs(json);
  if (pairs === undefined) {
    return { kind: "problems", problems: ["Only version 1 of `apollo-persisted-query-manifest` is known."] };
  }
  const documents = new Map<string, string>();
  const problems: string[] = [];
  for (const [id, body] of pairs) {
    const problem = problemOf(id, body, sha256);
    if (problem !== undefined)
      problems.push(`Document \`${typeof id === "string" ? id.slice(0, 100) : "?"}\`: ${problem}.`);
    else if (typeof id === "string" && typeof body === "string") documents.set(plainId(id), body);
  }
  return problems.length === 0 ? { kind: "documents", documents } : { kind: "problems", problems };
}

function apolloPairs(
  json: JsonObject,
): readonly (readonly [Json | undefined, Json | undefined])[] | undefined {
  const { format, version, operations } = json;
  if (format !== "apollo-persisted-query-manifest" || version !== 1 || !isList(operations)) return undefined;
  return operations.map((entry) =>
    isJsonObject(entry) ? [entry["id"], entry["body"]] : [undefined, undefined],
  );
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

function problemOf(id: Json | undefined, body: Json | undefined, sha256: Sha256): string | undefined {
  if (typeof id !== "string" || id === "") return "its id must be a text";
  if (typeof body !== "string") return "its text is missing";
  return id.startsWith("sha256:") && sha256(body) !== plainId(id)
    ? "its id is not the SHA-256 of its text"
    : undefined;
}
