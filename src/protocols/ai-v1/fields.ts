import type { Problem } from "../../exchange/codec.ts";
import type { Seal } from "../../exchange/part.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";

/** What protobuf's JSON leaves out has its default: `""`, false, 0, an empty list. */
export const textIn = (object: JsonObject, name: string): string => optionalText(object, name) ?? "";

export function optionalText(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" ? value : undefined;
}

export function optionalNumber(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  return typeof value === "number" ? value : undefined;
}

export function optionalFlag(object: JsonObject, name: string): boolean | undefined {
  const value = object[name];
  return typeof value === "boolean" ? value : undefined;
}

export function objectIn(object: JsonObject, name: string): JsonObject | undefined {
  const value = object[name];
  return isJsonObject(value) ? value : undefined;
}

export function listIn(object: JsonObject, name: string): readonly Json[] {
  const value: Json | undefined = object[name];
  return Array.isArray(value) ? value : [];
}

export const objectsIn = (object: JsonObject, name: string): readonly JsonObject[] =>
  listIn(object, name).filter((item) => isJsonObject(item));

export const textsIn = (object: JsonObject, name: string): readonly string[] =>
  listIn(object, name).filter((item) => typeof item === "string");

/** Collects what is wrong with a message. */
export interface Blame {
  readonly problems: Problem[];
  /** Opens a seal that the gateway gave the client. */
  readonly unwrap: (text: string) => Seal | undefined;
}

/** Members that were given: those that are `undefined` are left out. */
export function given<Shape extends object>(
  members: Shape,
): { [Name in keyof Shape]?: Exclude<Shape[Name], undefined> };
export function given(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
