import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import type { SchemaChecker } from "../../ports/schema-checker.ts";

/** Longer ones are not compiled: that is work which a stranger would have us do. */
const schemaCharactersMax = 16 * 1024;
const compiledMax = 256;
/** Of the whole schema: they name it, or another language, or make its check asynchronous. */
const leftOut: ReadonlySet<string> = new Set(["$schema", "$id", "id", "$async"]);

/**
 * Compiled schemas are kept by their text, the last 256 that were used. Patterns and formats are not looked at: a
 * stranger's pattern may take for ever on a text.
 */
export function createSchemaChecker(): SchemaChecker {
  const compiled = new Map<string, ValidateFunction | undefined>();
  const known = (schema: JsonObject): ValidateFunction | undefined => {
    const text = JSON.stringify(schema);
    if (text.length > schemaCharactersMax) return undefined;
    const validate = compiled.has(text) ? compiled.get(text) : compile(schema, text);
    compiled.delete(text);
    compiled.set(text, validate);
    const [oldest] = compiled.keys();
    if (compiled.size > compiledMax && oldest !== undefined) compiled.delete(oldest);
    return validate;
  };
  return {
    faultOf: (schema, value) => {
      if (!isJsonObject(schema)) return undefined;
      const validate = known(schema);
      if (validate === undefined || holds(validate, value)) return undefined;
      const [error] = validate.errors ?? [];
      return `${error?.instancePath || "the value"} ${error?.message ?? "is not what the schema says"}`;
    },
  };
}

/** What goes too deep to be looked at has nothing held against it. */
function holds(validate: ValidateFunction, value: Json): boolean {
  try {
    return validate(value);
  } catch {
    return true;
  }
}

const anything = Object.assign(() => ({ test: () => true }), { code: "(() => ({ test: () => true }))" });

const newAjv = (): Ajv2020 =>
  new Ajv2020({
    strict: false,
    validateSchema: false,
    validateFormats: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp: anything },
  });
/** To make one takes longer than most schemas do. */
const shared = newAjv();

/** `undefined`: it is no schema, or it refers to what is not in it. */
function compile(schema: JsonObject, text: string): ValidateFunction | undefined {
  const named = Object.entries(schema).filter(([name]) => !leftOut.has(name));
  const own: Record<string, Json> = Object.fromEntries(named);
  // What names a part of itself would be known to the next by that name.
  const ajv = text.includes('"$id"') ? newAjv() : shared;
  try {
    return ajv.compile(own);
  } catch {
    return undefined;
  } finally {
    ajv.removeSchema(own);
  }
}
