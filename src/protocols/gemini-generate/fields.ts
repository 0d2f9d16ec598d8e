import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, RawJson } from "../../kernel/json.ts";
import { describe, type Notes } from "./notes.ts";

/**
 * An object of the client's body and where it stands. Members are asked for by their names in camelCase; Google's API
 * takes each in snake_case too, and so do all functions here. A `null` is as good as nothing.
 */
export interface Place {
  readonly object: JsonObject;
  /** `""` for the body itself, else in the client's own spelling: `contents[2].parts[0]`. */
  readonly path: string;
  /** Finds the raw text when it is needed. */
  readonly raw: () => JsonSlice | undefined;
  readonly notes: Notes;
}

/** The member's name as the client spells it; `undefined` when it is absent. */
export function spelledOf({ object }: Place, member: string): string | undefined {
  if (isGiven(object, member)) return member;
  const snake = snakeOf(member);
  return snake !== member && isGiven(object, snake) ? snake : undefined;
}

function isGiven(object: JsonObject, name: string): boolean {
  return (object[name] ?? null) !== null;
}

/** Names that were asked for: those of this dialect, each once. */
const snakes = new Map<string, string>();

/** `functionCall` as `function_call`. */
function snakeOf(name: string): string {
  const known = snakes.get(name);
  if (known !== undefined) return known;
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  snakes.set(name, snake);
  return snake;
}

/** `function_call` as `functionCall`. */
export function camelOf(name: string): string {
  return name.includes("_")
    ? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    : name;
}

export function valueOf(place: Place, member: string): Json | undefined {
  const name = spelledOf(place, member);
  return name === undefined ? undefined : place.object[name];
}

/** The path of a member, as the client would write it. */
export function pathOf(place: Place, member: string): string {
  const name = spelledOf(place, member) ?? member;
  return place.path === "" ? name : `${place.path}.${name}`;
}

/** Notes a fault of a member. */
export function blame(place: Place, member: string, expected: string): undefined {
  const got = describe(valueOf(place, member));
  place.notes.problems.push({ path: pathOf(place, member), expected, got });
  return undefined;
}

export function stringOf(place: Place, member: string): string | undefined {
  const value = valueOf(place, member);
  return value === undefined || typeof value === "string" ? value : blame(place, member, "a string");
}

export function requiredString(place: Place, member: string): string | undefined {
  return valueOf(place, member) === undefined ? blame(place, member, "a string") : stringOf(place, member);
}

/** A number, or one written as a string, which Google's JSON allows. */
export function numberOf(place: Place, member: string): number | undefined {
  const value = valueOf(place, member);
  if (value === undefined) return undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : blame(place, member, "a number");
}

export function booleanOf(place: Place, member: string): boolean | undefined {
  const value = valueOf(place, member);
  return value === undefined || typeof value === "boolean" ? value : blame(place, member, "true or false");
}

/** The place of an object. */
export function placeOf(place: Place, member: string): Place | undefined {
  const name = spelledOf(place, member);
  const value = name === undefined ? undefined : place.object[name];
  if (name === undefined || value === undefined) return undefined;
  return isJsonObject(value) ? memberPlace(place, name, value) : blame(place, member, "an object");
}

/** The places of a list of objects; Google takes a lone object for a list of one. An item that is none is a fault. */
export function placesOf(place: Place, member: string): readonly Place[] {
  const name = spelledOf(place, member);
  const value = name === undefined ? undefined : place.object[name];
  if (name === undefined || value === undefined) return [];
  if (isJsonObject(value)) return [memberPlace(place, name, value)];
  if (!Array.isArray(value)) {
    blame(place, member, "an array of objects");
    return [];
  }
  const places: Place[] = [];
  const list = place.path === "" ? name : `${place.path}.${name}`;
  for (const [index, item] of value.entries()) {
    const path = `${list}[${index}]`;
    if (isJsonObject(item)) {
      const raw = (): JsonSlice | undefined => place.raw()?.member(name)?.element(index);
      places.push({ object: item, path, raw, notes: place.notes });
    } else place.notes.problems.push({ path, expected: "an object", got: describe(item) });
  }
  return places;
}

function memberPlace(place: Place, name: string, object: JsonObject): Place {
  const path = place.path === "" ? name : `${place.path}.${name}`;
  return { object, path, raw: () => place.raw()?.member(name), notes: place.notes };
}

/** Strings of a list; a lone string is a list of one. */
export function stringsOf(place: Place, member: string): readonly string[] {
  const value = valueOf(place, member) ?? [];
  if (typeof value === "string") return [value];
  const strings = Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  if (!Array.isArray(value) || strings.length < value.length) blame(place, member, "an array of strings");
  return strings;
}

/** The member's own text. */
export function rawOf(place: Place, member: string): RawJson | undefined {
  const name = spelledOf(place, member);
  const slice = name === undefined ? undefined : place.raw()?.member(name);
  return slice === undefined ? undefined : new RawJson(slice.text());
}

/** The members that are neither in `known` nor null, by their names in camelCase. */
export function restOf({ object }: Place, known: ReadonlySet<string>): readonly string[] {
  return Object.keys(object).filter((name) => {
    const isTwin = camelOf(name) !== name && isGiven(object, camelOf(name));
    return isGiven(object, name) && (isTwin || !known.has(camelOf(name)));
  });
}

/** Declares the members that are not in `known`: the canonical form has no place for them. */
export function declareRest(place: Place, known: ReadonlySet<string>): void {
  for (const name of restOf(place, known)) {
    const subject = place.path === "" ? name : `${place.path}.${name}`;
    place.notes.warnings.push({ kind: "dropped", subject });
  }
}
