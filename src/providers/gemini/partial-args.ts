import type { JsonSlice } from "../../framing/json-slices.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { stringOf } from "./candidate.ts";

/** Writes the arguments of one call that come piece by piece, each piece under its JSON path, as one JSON text. */
export interface PartialArgs {
  /** The text that a piece adds; `undefined` for one that cannot be written any more, or not at all. */
  readonly push: (piece: JsonObject, raw: JsonSlice | undefined) => string | undefined;
  /** The text that closes what is open; `""` when nothing was written. */
  readonly end: () => string;
}

type Segment = string | number;

/** An object or array that is being written. */
interface Container {
  readonly kind: "object" | "array";
  /** Its place in the container around it; of no meaning for the outermost. */
  readonly at: Segment;
  readonly names: Set<string>;
  size: number;
}

/**
 * A writer for one call. Gemini tells the values in the order of the document, a string in as many pieces as it likes;
 * a container is closed as soon as a value outside of it is told, and what would have to go back into it is refused.
 *
 * Source: Vertex AI, "Streaming function call arguments" (`partialArgs`, `willContinue`).
 */
export function createPartialArgs(): PartialArgs {
  const open: Container[] = [];
  /** The path of a string whose end was not told yet. */
  let unended: string | undefined;

  const closeString = (): string => {
    if (unended === undefined) return "";
    unended = undefined;
    return '"';
  };
  const closeTo = (depth: number): string => {
    let text = "";
    while (open.length > depth) text += open.pop()?.kind === "array" ? "]" : "}";
    return text;
  };
  /** Opens a place in the innermost container; `undefined` if there is no such place any more. */
  const enter = (segment: Segment): string | undefined => {
    const inner = open.at(-1);
    if (inner === undefined || (typeof segment === "number") !== (inner.kind === "array")) return undefined;
    const comma = inner.size > 0 ? "," : "";
    if (typeof segment === "number") {
      if (segment !== inner.size) return undefined;
      inner.size += 1;
      return comma;
    }
    if (inner.names.has(segment)) return undefined;
    inner.names.add(segment);
    inner.size += 1;
    return `${comma}${JSON.stringify(segment)}:`;
  };
  const openContainer = (at: Segment, first: Segment | undefined): string => {
    const kind = typeof first === "number" ? "array" : "object";
    open.push({ kind, at, names: new Set(), size: 0 });
    return kind === "array" ? "[" : "{";
  };
  /** Moves to the place of `path`: closes what it is not in, opens what it is in. */
  const moveTo = (path: readonly Segment[]): string | undefined => {
    let text = open.length === 0 ? openContainer("", path[0]) : "";
    let shared = 1;
    while (shared < open.length && shared < path.length && open[shared]?.at === path[shared - 1]) shared += 1;
    text += closeTo(shared);
    for (const [offset, segment] of path.slice(shared - 1).entries()) {
      const entered = enter(segment);
      if (entered === undefined) return undefined;
      text += entered;
      const next = path[shared + offset];
      if (next !== undefined) text += openContainer(segment, next);
    }
    return text;
  };

  return {
    push(piece, raw) {
      const jsonPath = stringOf(piece, "jsonPath");
      const continues = unended === jsonPath && typeof piece["stringValue"] === "string";
      const closed = continues ? "" : closeString();
      const value = continues ? stringInside(piece) : valueOf(piece, raw);
      const path = continues ? undefined : segmentsOf(jsonPath);
      const moved = continues ? "" : path && moveTo(path);
      if (value === undefined || moved === undefined) return undefined;
      if (typeof piece["stringValue"] !== "string") return closed + moved + value;
      unended = jsonPath;
      const ended = piece["willContinue"] === true ? "" : closeString();
      return closed + moved + value + ended;
    },
    end: () => closeString() + closeTo(0),
  };
}

function stringInside(piece: JsonObject): string {
  return JSON.stringify(stringOf(piece, "stringValue")).slice(1, -1);
}

/** The text of a value; of a string without its closing quote. */
function valueOf(piece: JsonObject, raw: JsonSlice | undefined): string | undefined {
  if (typeof piece["stringValue"] === "string") return `"${stringInside(piece)}`;
  if (typeof piece["numberValue"] === "number") {
    return raw?.member("numberValue")?.text() ?? String(piece["numberValue"]);
  }
  if (typeof piece["boolValue"] === "boolean") return String(piece["boolValue"]);
  return "nullValue" in piece ? "null" : undefined;
}

/** `$.recipe.steps[0]['a b']`: a dot and a name, an index, a quoted name. */
const segmentPattern = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/gy;

/** The segments of a JSON path, at least one; `undefined` when it is none of the form Gemini writes. */
function segmentsOf(jsonPath: string): readonly Segment[] | undefined {
  if (!jsonPath.startsWith("$")) return undefined;
  const segments: Segment[] = [];
  const pattern = new RegExp(segmentPattern);
  pattern.lastIndex = 1;
  let end = 1;
  for (let found = pattern.exec(jsonPath); found !== null; found = pattern.exec(jsonPath)) {
    const [, name, index, single, double] = found;
    segments.push(index === undefined ? (name ?? unescape(single ?? double ?? "")) : Number(index));
    end = pattern.lastIndex;
  }
  return end === jsonPath.length && segments.length > 0 ? segments : undefined;
}

/** Source: RFC 9535, section 2.3.1.2. */
function unescape(quoted: string): string {
  return quoted.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, code: string) => {
    if (code.startsWith("u") && code.length === 5)
      return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return escapes.get(code) ?? code;
  });
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
