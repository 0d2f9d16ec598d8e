import { isJsonObject, type Json, type JsonObject } from "../src/kernel/json.ts";
import type { Refusal } from "./refusal.ts";

/** Where a value stands in a body. */
export type Path = readonly (string | number)[];

/** What was wanted at a path and what was there, as words. */
export type Complaint = (path: Path, wanted: Wanted, got: Json | undefined) => Refusal;
export type Wanted = "object" | "array" | "string" | "number" | "integer" | "boolean" | "present";

/** Reads members of a body and complains in the dialect's own words. `null` counts as absent. */
export interface Reading {
  readonly object: (value: Json | undefined, path: Path) => JsonObject;
  readonly list: (value: Json | undefined, path: Path) => readonly Json[];
  readonly text: (value: Json | undefined, path: Path) => string;
  readonly maybeObject: (value: Json | undefined, path: Path) => JsonObject | undefined;
  readonly maybeList: (value: Json | undefined, path: Path) => readonly Json[];
  readonly maybeText: (value: Json | undefined, path: Path) => string | undefined;
  readonly maybeBoolean: (value: Json | undefined, path: Path) => boolean | undefined;
  /** A whole number, at least 1. */
  readonly maybeCount: (value: Json | undefined, path: Path) => number | undefined;
  readonly maybeNumber: (value: Json | undefined, path: Path) => number | undefined;
}

export function createReading(complain: Complaint): Reading {
  const isAbsent = (value: Json | undefined): value is undefined | null =>
    value === undefined || value === null;
  function object(value: Json | undefined, path: Path): JsonObject {
    if (isJsonObject(value)) return value;
    throw complain(path, value === undefined ? "present" : "object", value);
  }
  function list(value: Json | undefined, path: Path): readonly Json[] {
    if (Array.isArray(value)) return value;
    throw complain(path, value === undefined ? "present" : "array", value);
  }
  function text(value: Json | undefined, path: Path): string {
    if (typeof value === "string") return value;
    throw complain(path, value === undefined ? "present" : "string", value);
  }
  function maybeNumber(value: Json | undefined, path: Path): number | undefined {
    if (isAbsent(value)) return undefined;
    if (typeof value === "number") return value;
    throw complain(path, "number", value);
  }
  return {
    object,
    list,
    text,
    maybeNumber,
    maybeObject: (value, path) => (isAbsent(value) ? undefined : object(value, path)),
    maybeList: (value, path) => (isAbsent(value) ? [] : list(value, path)),
    maybeText: (value, path) => (isAbsent(value) ? undefined : text(value, path)),
    maybeBoolean: (value, path) => {
      if (isAbsent(value)) return undefined;
      if (typeof value === "boolean") return value;
      throw complain(path, "boolean", value);
    },
    maybeCount: (value, path) => {
      const number = maybeNumber(value, path);
      if (number === undefined || (Number.isSafeInteger(number) && number >= 1)) return number;
      throw complain(path, "integer", value);
    },
  };
}

/** The size in bytes of what `base64` stands for, or `undefined` when it is not base64. */
export function base64Size(base64: string): number | undefined {
  if (base64.length === 0 || base64.length % 4 === 1 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64))
    return undefined;
  return Math.floor((base64.replace(/=+$/, "").length * 3) / 4);
}
