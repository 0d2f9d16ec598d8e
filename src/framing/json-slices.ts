/**
 * A place in JSON text, for values that must stay as they were written: tool arguments with integers above 2^53,
 * schemas, parts of unknown kinds. Children are found when they are asked for, by skipping, not by parsing.
 */
export interface JsonSlice {
  /** The value as it was written, without surrounding white space. */
  readonly text: () => string;
  /** The value of a member, the last one of a doubled name (as `JSON.parse` takes it); `undefined` if there is none. */
  readonly member: (name: string) => JsonSlice | undefined;
  /** An element of an array, from 0; `undefined` if there is none. */
  readonly element: (index: number) => JsonSlice | undefined;
}

/** The whole of `json`, which must be valid: text that `JSON.parse` has taken. Costs nothing until it is asked. */
export function jsonSlice(json: string): JsonSlice {
  return slice(json, skipSpace(json, 0));
}

function slice(json: string, start: number, end?: number): JsonSlice {
  let members: ReadonlyMap<string, JsonSlice> | undefined;
  let elements: readonly JsonSlice[] | undefined;
  return {
    text: () => json.slice(start, end ?? skipValue(json, start)),
    member(name) {
      members ??= json[start] === "{" ? findMembers(json, start) : new Map();
      return members.get(name);
    },
    element(index) {
      elements ??= json[start] === "[" ? findElements(json, start) : [];
      return elements[index];
    },
  };
}

function findMembers(json: string, open: number): ReadonlyMap<string, JsonSlice> {
  const found = new Map<string, JsonSlice>();
  let at = skipSpace(json, open + 1);
  while (at < json.length && json[at] !== "}") {
    const nameEnd = skipString(json, at);
    const quoted = json.slice(at, nameEnd);
    const name = quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
    const start = skipSpace(json, skipSpace(json, nameEnd) + 1);
    const end = skipValue(json, start);
    found.set(name, slice(json, start, end));
    at = skipComma(json, end);
  }
  return found;
}

function findElements(json: string, open: number): readonly JsonSlice[] {
  const found: JsonSlice[] = [];
  let at = skipSpace(json, open + 1);
  while (at < json.length && json[at] !== "]") {
    const end = skipValue(json, at);
    found.push(slice(json, at, end));
    at = skipComma(json, end);
  }
  return found;
}

function skipComma(json: string, at: number): number {
  const next = skipSpace(json, at);
  return json[next] === "," ? skipSpace(json, next + 1) : next;
}

function skipSpace(json: string, at: number): number {
  let next = at;
  while (next < json.length && json.charCodeAt(next) <= 0x20) next += 1;
  return next;
}

/** The end of the string that opens at `at`. */
function skipString(json: string, at: number): number {
  let end = json.indexOf('"', at + 1);
  while (end > 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end < 0 ? json.length : end + 1;
}

function isEscaped(json: string, at: number): boolean {
  let before = at - 1;
  while (json.charCodeAt(before) === 0x5c) before -= 1;
  return (at - 1 - before) % 2 === 1;
}

/** The end of the value that begins at `at`. */
function skipValue(json: string, at: number): number {
  let depth = 0;
  let next = at;
  while (next < json.length) {
    const code = json.charCodeAt(next);
    if (code === 0x22) {
      next = skipString(json, next);
      if (depth === 0) return next;
      continue;
    }
    if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      // A scalar ends where its container does.
      if (depth === 0) return next;
      depth -= 1;
      if (depth === 0) return next + 1;
    } else if (depth === 0 && (code === 0x2c || code <= 0x20)) return next;
    next += 1;
  }
  return next;
}
