import type { Problem, Reading } from "../../exchange/codec.ts";
import { duplicateRoutingKey, positionOf, scanObject, valueText } from "../../framing/json-scan.ts";
import { parseJson } from "../../kernel/json.ts";

/** Reads the routing facts of an embeddings request in one pass over its bytes; the inputs are not parsed. */
export function readEmbeddings(body: Uint8Array): Reading {
  const scan = scanObject(body);
  if (scan.kind === "invalid") {
    const { line, column } = positionOf(body, scan.offset);
    return invalid("", "a JSON object", `${scan.message} at line ${line}, column ${column}`);
  }
  const doubled = duplicateRoutingKey(scan.members);
  if (doubled !== undefined) return invalid(doubled, "one member of this name", "two");
  const valueOf = (name: string): unknown => {
    const member = scan.members.findLast((candidate) => candidate.name === name);
    return member === undefined ? undefined : parseJson(valueText(body, member));
  };
  const model = valueOf("model");
  const format = valueOf("encoding_format");
  const problems: Problem[] = [];
  if (typeof model !== "string" || model === "") problems.push(problem("model", "a model name", model));
  if (!scan.members.some(({ name }) => name === "input"))
    problems.push({ path: "input", expected: "a text, or a list of texts", got: "nothing" });
  if (format !== undefined && format !== null && format !== "float" && format !== "base64")
    problems.push(problem("encoding_format", "`float` or `base64`", format));
  if (problems.length > 0 || typeof model !== "string") return { kind: "invalid", problems };
  return {
    kind: "facts",
    facts: { model, isStream: false, wantsUsage: true, wantsBase64: format === "base64" },
  };
}

function invalid(path: string, expected: string, got: string): Reading {
  return { kind: "invalid", problems: [{ path, expected, got }] };
}

const problem = (path: string, expected: string, got: unknown): Problem => ({
  path,
  expected,
  got: got === undefined ? "nothing" : `a value of type ${got === null ? "null" : typeof got}`,
});
