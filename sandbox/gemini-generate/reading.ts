import type { Json, JsonObject } from "../../src/kernel/json.ts";
import { createReading, type Path, type Wanted } from "../reading.ts";
import { Refusal } from "../refusal.ts";

const types: Readonly<Record<Wanted, string>> = {
  present: "present",
  object: "message",
  array: "repeated",
  string: "TYPE_STRING",
  number: "TYPE_DOUBLE",
  integer: "TYPE_INT32",
  boolean: "TYPE_BOOL",
};

/** Reads members as Google's JSON front does, with its sentences. */
export const reading = createReading((path, wanted, got) => {
  if (wanted === "present") return refuse(path, "required field is missing");
  return invalidValue(path, types[wanted], got);
});

/** `Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), 3`. */
export function invalidValue(path: Path, type: string, got: Json | undefined): Refusal {
  const place = printPath(path);
  return violation(
    place,
    `Invalid value at '${place}' (${type}), ${JSON.stringify(got ?? null).slice(0, 200)}`,
  );
}

/** `* GenerateContentRequest.contents: contents is not specified`, the form of complaints about what a request says. */
export function refuse(path: Path, sentence: string): Refusal {
  return new Refusal("invalid", `* GenerateContentRequest.${printPath(path)}: ${sentence}\n`, {
    param: printPath(path),
  });
}

/** The members of a message by their lower-camel names, however they were written; `null` counts as absent. */
export function message(value: Json | undefined, path: Path, known: readonly string[]): JsonObject {
  const members: Record<string, Json> = {};
  for (const [name, member] of Object.entries(reading.object(value, path))) {
    const camel = name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    if (!known.includes(camel)) throw unknownName(name, path);
    if (member !== null) members[camel] = member;
  }
  return members;
}

/** A message that may be missing. */
export const maybeMessage = (
  value: Json | undefined,
  path: Path,
  known: readonly string[],
): JsonObject | undefined =>
  value === undefined || value === null ? undefined : message(value, path, known);

function unknownName(name: string, path: Path): Refusal {
  const place = printPath(path);
  const where = place === "" ? "" : ` at '${place}'`;
  return violation(
    place,
    `Invalid JSON payload received. Unknown name "${name}"${where}: Cannot find field.`,
  );
}

/** A refusal that names the field in the details too, as Google's JSON front does. */
export function violation(field: string, description: string): Refusal {
  const fieldViolations = [field === "" ? { description } : { field, description }];
  return new Refusal("invalid", description, {
    param: field,
    details: [{ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations }],
  });
}

/** `generation_config.stop_sequences[0]`, as Google writes it. */
export function printPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      const name = step.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      return index === 0 ? name : `.${name}`;
    })
    .join("");
}
