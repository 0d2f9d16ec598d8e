import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, RawJson } from "../../kernel/json.ts";
import { describe, type Notes } from "./notes.ts";

/** An object of the client's body, where it stands, and where its faults and losses are noted. */
export interface Place {
  readonly object: JsonObject;
  /** `""` for the body itself, else `input[2]`. */
  readonly path: string;
  /** Finds its text as it was written, when that is needed. */
  readonly slice: () => JsonSlice | undefined;
  readonly notes: Notes;
}

/** The path of a member, as the client would write it. */
export function pathOf(place: Place, member: string): string {
  return place.path === "" ? member : `${place.path}.${member}`;
}

/** The text of the object as the client wrote it. */
export function rawOf(place: Place): RawJson {
  return new RawJson(place.slice()?.text() ?? JSON.stringify(place.object));
}

/** Notes a fault of a member. */
export function blame(place: Place, member: string, expected: string): undefined {
  const got = describe(place.object[member]);
  place.notes.problems.push({ path: pathOf(place, member), expected, got });
  return undefined;
}

/** Declares every member that is neither in `known` nor null: the canonical form has no place for it. */
export function declareRest(place: Place, known: ReadonlySet<string>): void {
  for (const [name, value] of Object.entries(place.object)) {
    if (!known.has(name) && value !== null)
      place.notes.warnings.push({ kind: "dropped", subject: pathOf(place, name) });
  }
}

/** A member that may be left out or `null`; anything but a string is a fault. */
export function optionalString(place: Place, member: string): string | undefined {
  const value = place.object[member] ?? undefined;
  return value === undefined || typeof value === "string" ? value : blame(place, member, "a string");
}

export function requiredString(place: Place, member: string): string | undefined {
  const value = place.object[member];
  return typeof value === "string" ? value : blame(place, member, "a string");
}

export function optionalNumber(place: Place, member: string): number | undefined {
  const value = place.object[member] ?? undefined;
  if (value === undefined) return undefined;
  return typeof value === "number" && Number.isFinite(value)
    ? value
    : blame(place, member, "a finite number");
}

export function optionalBoolean(place: Place, member: string): boolean | undefined {
  const value = place.object[member] ?? undefined;
  return value === undefined || typeof value === "boolean" ? value : blame(place, member, "true or false");
}

/** The place of an object that may be left out or `null`. */
export function optionalObject(place: Place, member: string): Place | undefined {
  const value = place.object[member] ?? undefined;
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) return blame(place, member, "an object");
  return {
    object: value,
    path: pathOf(place, member),
    slice: () => place.slice()?.member(member),
    notes: place.notes,
  };
}

export function requiredObject(place: Place, member: string): Place | undefined {
  return isJsonObject(place.object[member])
    ? optionalObject(place, member)
    : blame(place, member, "an object");
}

/** The places of a list of objects, which may be left out; an item that is none is a fault and left out. */
export function objectsOf(place: Place, member: string): readonly Place[] {
  const value = place.object[member] ?? undefined;
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    blame(place, member, "an array");
    return [];
  }
  return value.flatMap((item: Json, index) => {
    const path = `${pathOf(place, member)}[${index}]`;
    if (isJsonObject(item)) {
      return [
        {
          object: item,
          path,
          slice: () => place.slice()?.member(member)?.element(index),
          notes: place.notes,
        },
      ];
    }
    place.notes.problems.push({ path, expected: "an object", got: describe(item) });
    return [];
  });
}
