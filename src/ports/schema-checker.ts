import type { Json } from "../kernel/json.ts";

/** Holds values against JSON Schemas that strangers wrote. Implementation: `platform/ajv`. */
export interface SchemaChecker {
  /** What is wrong with a value, in a few words; `undefined`: nothing, or the schema is none that can be used. */
  readonly faultOf: (schema: Json, value: Json) => string | undefined;
}
