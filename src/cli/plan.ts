import { relative } from "node:path";
import { components } from "../admin/schemas.ts";
import type { ConfigChange } from "../config/diff.ts";
import { requireClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
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
  const { values } = readOptions(args, commandLines.plan);
  const { file, text } = readConfigText(values.config, world);
  const directory = dataDirectory({ named: values["data-dir"], config: values.config }, world);
  const client = requireClient(directory, "; `sallyport validate` checks the file without one");
  const answer = components.ConfigPlan.parse(await client.call("POST", "/config/plan", { text }));
  const name = relative(world.cwd, file);
  if (values.json === true) world.stdout(`${JSON.stringify(answer)}\n`);
  else if (answer.kind === "valid") world.stdout(printChanges(name, answer));
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
 *     ~ admin.port             7228 -> 7301   (waits for a restart)
 *
 * The last is in the running gateway's file already: only the restart is missing.
 */
export function printChanges(
  file: string,
  {
    changes,
    waiting,
  }: { readonly changes: readonly ConfigChange[]; readonly waiting: readonly ConfigChange[] },
): string {
  const waits = new Set(waiting.map(({ path, after }) => JSON.stringify([path, after])));
  const noteOf = ({ path, after, needsRestart }: ConfigChange): string => {
    if (!needsRestart) return "";
    return waits.has(JSON.stringify([path, after])) ? "   (waits for a restart)" : "   (needs a restart)";
  };
  if (changes.length === 0) return `${file} is what is running.\n`;
  const width = Math.max(...changes.map(({ path }) => path.length));
  const lines = changes.map((change) => {
    const { kind, path, before, after } = change;
    const values = [before, after]
      .filter((value) => value !== null)
      .map(shorten)
      .join(" -> ");
    return `${signs[kind]} ${path.padEnd(width)}   ${values}${noteOf(change)}\n`;
  });
  const restarts = changes.filter(({ needsRestart }) => needsRestart).length;
  const tail =
    restarts === 0 ? "" : `, ${restarts === changes.length ? "all" : restarts} only after a restart`;
  return `${lines.join("")}\n${count(changes.length, "change")}${tail}.\n`;
}

function shorten(value: string): string {
  return value.length > 200 ? `${value.slice(0, 199)}…` : value;
}
