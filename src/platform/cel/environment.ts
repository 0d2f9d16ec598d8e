import { Environment, type Limits } from "@marcbachmann/cel-js";
import type { FactKind, FactSchema } from "../../ports/expressions.ts";

const typeOf: Readonly<Record<FactKind, string>> = {
  int: "int",
  double: "double",
  text: "string",
  bool: "bool",
  texts: "map<string, string>",
  list: "list<string>",
  lists: "map<string, list<string>>",
};

/** The language with these facts and no other variables: `ai.tools` is the field `tools` of the variable `ai`. */
export function environmentWith(facts: FactSchema, limits: Partial<Limits>): Environment {
  const environment = new Environment({ limits });
  const schemas = new Map<string, Record<string, string>>();
  for (const [name, { kind }] of Object.entries(facts)) {
    const [variable = name, field] = name.split(".");
    if (field === undefined) environment.registerVariable(variable, typeOf[kind]);
    else schemas.set(variable, { ...schemas.get(variable), [field]: typeOf[kind] });
  }
  for (const [variable, schema] of schemas) environment.registerVariable(variable, { schema });
  return environment;
}
