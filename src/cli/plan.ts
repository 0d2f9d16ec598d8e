import { relative, resolve } from "node:path";
import { components } from "../admin/schemas.ts";
import type { ConfigChange } from "../config/diff.ts";
import { GatewayError } from "../kernel/errors.ts";
import { adminClient } from "./admin-client.ts";
import { readOptions } from "./options.ts";
import { count, printProblems } from "./print-problems.ts";
import { readConfigText } from "./read-config-text.ts";
import type { World } from "./world.ts";

const signs = { added: "+", removed: "-", changed: "~" } as const satisfies Record<
  ConfigChange["kind"],
  string
>;

/**
 * `sallyport plan`: what a file would change in the gateway that is running. References are resolved by the gateway, in
 * its own environment. 0: the file is valid, whether it changes anything or not; 1: it is not, or nothing is running.
 */
export async function plan(args: readonly string[], world: World): Promise<number> {
  const { values } = readOptions(args, {
    config: { type: "string" },
    "data-dir": { type: "string", default: ".sallyport" },
    json: { type: "boolean", default: false },
  });
  const { file, text } = readConfigText(values.config, world);
  const directory = resolve(world.cwd, values["data-dir"]);
  const client = adminClient(directory);
  if (client === undefined) {
    const message = `no gateway is running on ${directory}; \`sallyport validate\` checks the file without one`;
    throw new GatewayError("conflict", message, { message });
  }
  const answer = components.ConfigPlan.parse(await client.call("POST", "/config/plan", { text }));
  const name = relative(world.cwd, file);
  if (values.json) world.stdout(`${JSON.stringify(answer)}\n`);
  else if (answer.kind === "valid") world.stdout(printChanges(name, answer.changes));
  else
    world.stderr(
      `${printProblems(name, text, answer.problems)}${name} has ${count(answer.problems.length, "problem")}; the gateway would go on as it is.\n`,
    );
  return answer.kind === "valid" ? 0 : 1;
}

/**
 * Changes for people to read:
 *
 *     ~ overload.inFlightMax   10000 -> 500
 *     + models.fast            {"targets":[…]}
 *     ~ server.port            7227 -> 7300   (needs a restart)
 */
export function printChanges(file: string, changes: readonly ConfigChange[]): string {
  if (changes.length === 0) return `${file} is what is running.\n`;
  const width = Math.max(...changes.map(({ path }) => path.length));
  const lines = changes.map(({ kind, path, before, after, needsRestart }) => {
    const values = [before, after]
      .filter((value) => value !== null)
      .map(shorten)
      .join(" -> ");
    return `${signs[kind]} ${path.padEnd(width)}   ${values}${needsRestart ? "   (needs a restart)" : ""}\n`;
  });
  const restarts = changes.filter(({ needsRestart }) => needsRestart).length;
  const tail =
    restarts === 0 ? "" : `, ${restarts === changes.length ? "all" : restarts} only after a restart`;
  return `${lines.join("")}\n${count(changes.length, "change")}${tail}.\n`;
}

function shorten(value: string): string {
  return value.length > 200 ? `${value.slice(0, 199)}…` : value;
}
