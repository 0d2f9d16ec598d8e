import { relative } from "node:path";
import { printJsonSchema } from "../config/json-schema.ts";
import { parseConfig } from "../config/parse.ts";
import { createFileConfig } from "../platform/file-config/index.ts";
import { systemTimer } from "../platform/system/index.ts";
import { commandLines } from "./command-lines.ts";
import { readOptions } from "./options.ts";
import { parseWorld } from "./parse-world.ts";
import { count, printProblems } from "./print-problems.ts";
import { readConfigText } from "./read-config-text.ts";
import { tryOut } from "./try-out.ts";
import type { World } from "./world.ts";

/**
 * `sallyport validate`: checks a configuration file as the gateway would, without starting it. 0: valid, 1: not.
 * `--schema` prints the JSON Schema for editors instead.
 */
export async function validate(args: readonly string[], world: World): Promise<number> {
  const { values } = readOptions(args, commandLines.validate);
  if (values.schema === true) {
    world.stdout(printJsonSchema());
    return 0;
  }
  const { file, text } = readConfigText(values.config, world);
  const { readReference } = createFileConfig(file, systemTimer);
  const parsed = parseConfig(text, { ...parseWorld(world), readFile: readReference });
  const problems = parsed.kind === "invalid" ? parsed.problems : await tryOut(parsed.config, file, text);
  const isValid = parsed.kind === "valid" && problems.length === 0;
  const name = relative(world.cwd, file);
  if (values.json === true) world.stdout(`${JSON.stringify({ file: name, isValid, problems })}\n`);
  else if (parsed.kind === "invalid" || !isValid)
    world.stderr(`${printProblems(name, text, problems)}${name} has ${count(problems.length, "problem")}.\n`);
  else {
    const { providers, models, services, routes } = parsed.config;
    const sections = [
      count(Object.keys(providers).length, "provider"),
      count(Object.keys(models).length, "pool"),
      ...(Object.keys(services).length === 0 ? [] : [count(Object.keys(services).length, "service")]),
      ...(Object.keys(routes).length === 0 ? [] : [count(Object.keys(routes).length, "route")]),
    ];
    world.stdout(`${name} is valid: ${sections.join(", ")}.\n`);
  }
  return isValid ? 0 : 1;
}
