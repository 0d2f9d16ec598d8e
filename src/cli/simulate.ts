import { components } from "../admin/schemas.ts";
import { systemClock } from "../platform/system/index.ts";
import { requireClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { readOptions, UsageError } from "./options.ts";
import { printSimulation } from "./print-simulation.ts";
import { readPolicies } from "./read-policies.ts";
import type { World } from "./world.ts";

/** `sallyport simulate`: what policies would have come to, through the running gateway. */
export async function simulate(args: readonly string[], world: World): Promise<number> {
  const { values } = readOptions(args, commandLines.simulate);
  const wanted = {
    ...(values.policies === undefined ? {} : { policies: readPolicies(values.policies, world) }),
    since: momentOf(values.since ?? "24h", systemClock.now()),
  };
  const client = requireClient(dataDirectory({ named: values["data-dir"] }, world));
  const told = components.PolicySimulation.parse(await client.call("POST", "/policies:simulate", wanted));
  world.stdout(values.json === true ? `${JSON.stringify(told)}\n` : printSimulation(told));
  return 0;
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `24h` before now, or a moment. @returns ms since 1970. */
function momentOf(text: string, now: number): number {
  const [, amount, unit = ""] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * (unitMs[unit] ?? 0);
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new UsageError(`\`--since\` takes \`24h\`, \`7d\` or a moment, not \`${text}\``);
  return at;
}
