import type { Problem } from "../../exchange/codec.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";

/** An object of the client's body, where it stands, and the list its faults go to. */
export interface Place {
  readonly object: JsonObject;
  /** `""` for the body itself, else `messages[2]`. */
  readonly path: string;
  readonly problems: Problem[];
}

/** The path of a member, as the client would write it. */
export function pathOf(place: Place, member: string): string {
  return place.path === "" ? member : `${place.path}.${member}`;
}

/** What a value is, without its content. */
export function describe(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return value === "" ? "an empty string" : `a ${typeof value}`;
}

/** Notes a fault of a member. */
export function blame(place: Place, member: string, expected: string): undefined {
  const value = place.object[member];
  place.problems.push({ path: pathOf(place, member), expected, got: describe(value) });
  return undefined;
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
  return value === undefined || typeof value === "boolean" ? value : blame(place, member, "a boolean");
}

/** The place of an object that may be left out or `null`. */
export function optionalObject(place: Place, member: string): Place | undefined {
  const value = place.object[member] ?? undefined;
  if (value === undefined) return undefined;
  return isJsonObject(value)
    ? { object: value, path: pathOf(place, member), problems: place.problems }
    : blame(place, member, "an object");
}

export function requiredObject(place: Place, member: string): Place | undefined {
  return isJsonObject(place.object[member])
    ? optionalObject(place, member)
    : blame(place, member, "an object");
}

/** The places of a list of objects; an item that is none is a fault and left out. */
export function objectsOf(place: Place, member: string): readonly Place[] {
  const value = place.object[member] ?? undefined;
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    blame(place, member, "an array");
    return [];
  }
  return value.flatMap((item: Json, index) => {
    const path = `${pathOf(place, member)}[${index}]`;
    if (isJsonObject(item)) return [{ object: item, path, problems: place.problems }];
    place.problems.push({ path, expected: "an object", got: describe(item) });
    return [];
  });
}
