import { type Json, type Printable, printJson, RawJson } from "../../kernel/json.ts";
import { readIndex, readPointer } from "./json-pointer.ts";
import type { TransformFault } from "./transform-value.ts";

/** One change of a JSON body. A place that is not there is left as it is; `set` makes the last member of its way. */
export type JsonEdit =
  | { readonly set: string; readonly value: Json }
  | { readonly remove: string }
  /** `to`: the new name of that member, in the same place. */
  | { readonly rename: string; readonly to: string };

type Members = { readonly [member: string]: Printable | undefined };
type Change = (container: Members | readonly Printable[], last: string) => Printable;

/** What keeps edits from being used. */
export function jsonFaults(edits: readonly JsonEdit[]): readonly TransformFault[] {
  return edits.flatMap((edit, index) => {
    const { verb, pointer } = placeOf(edit);
    const way = readPointer(pointer);
    if (way === undefined) return [{ at: [index, verb], why: "is no JSON Pointer (RFC 6901)" }];
    return way.length === 0 ? [{ at: [index, verb], why: "is the whole body, which stays" }] : [];
  });
}

/**
 * The body with its edits, one after the other; `undefined`: it is no JSON. Numbers stay as they were written; what is
 * printed has no white space between.
 */
export function editJson(text: string, edits: readonly JsonEdit[]): string | undefined {
  let value = parseExactly(text);
  if (value === undefined) return undefined;
  for (const edit of edits) {
    const way = readPointer(placeOf(edit).pointer) ?? [];
    if (way.length > 0) value = changeAt(value, way, changeOf(edit));
  }
  return printJson(value);
}

function placeOf(edit: JsonEdit): { readonly verb: string; readonly pointer: string } {
  if ("set" in edit) return { verb: "set", pointer: edit.set };
  return "remove" in edit
    ? { verb: "remove", pointer: edit.remove }
    : { verb: "rename", pointer: edit.rename };
}

function changeOf(edit: JsonEdit): Change {
  if ("set" in edit) return (container, last) => setMember(container, last, edit.value);
  return "remove" in edit ? removeMember : (container, last) => renameMember(container, last, edit.to);
}

/** Copies the way down to a place, and lets `change` make its container anew. */
function changeAt(value: Printable, way: readonly string[], change: Change): Printable {
  const [token = "", ...rest] = way;
  if (!isContainer(value)) return value;
  if (rest.length === 0) return change(value, token);
  if (isList(value)) {
    const index = readIndex(token);
    const item = index === undefined ? undefined : value[index];
    return index === undefined || item === undefined
      ? value
      : value.with(index, changeAt(item, rest, change));
  }
  const member = Object.hasOwn(value, token) ? value[token] : undefined;
  return member === undefined ? value : { ...value, [token]: changeAt(member, rest, change) };
}

function setMember(container: Members | readonly Printable[], last: string, value: Printable): Printable {
  if (!isList(container)) return { ...container, [last]: value };
  if (last === "-") return [...container, value];
  const index = readIndex(last);
  return index === undefined || index >= container.length ? container : container.with(index, value);
}

function removeMember(container: Members | readonly Printable[], last: string): Printable {
  if (isList(container)) {
    const index = readIndex(last);
    return index === undefined ? container : container.filter((_, at) => at !== index);
  }
  return Object.fromEntries(Object.entries(container).filter(([name]) => name !== last));
}

/** A member of the new name that was there already goes. */
function renameMember(container: Members | readonly Printable[], last: string, to: string): Printable {
  if (isList(container) || !Object.hasOwn(container, last) || to === last) return container;
  return Object.fromEntries(
    Object.entries(container).flatMap(([name, value]) => {
      if (name === last) return [[to, value]];
      return name === to ? [] : [[name, value]];
    }),
  );
}

const isList = (value: object): value is readonly Printable[] => Array.isArray(value);

const isContainer = (value: Printable): value is Members | readonly Printable[] =>
  typeof value === "object" && value !== null && !(value instanceof RawJson);

function parseExactly(text: string): Printable | undefined {
  try {
    const value: Printable = JSON.parse(text, keepNumber);
    return value;
  } catch {
    return undefined;
  }
}

/** A number that would be printed otherwise than it was written stays as text. */
function keepNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return String(value) === context.source ? value : new RawJson(context.source);
}
