import { GatewayError } from "../kernel/errors.ts";
import { nearestNames } from "../kernel/nearest.ts";
import type { World } from "./world.ts";

type Command = (args: readonly string[], world: World) => Promise<number | undefined>;

/** Loaded when asked for: `sallyport keys list` has no use for a server. */
const commands = {
  start: async (args, world) => (await import("./start.ts")).start(args, world),
  keys: async (args, world) => (await import("./keys.ts")).keys(args, world),
  "admin-link": async (args, world) => (await import("./admin-link.ts")).adminLink(args, world),
  validate: async (args, world) => (await import("./validate.ts")).validate(args, world),
  plan: async (args, world) => (await import("./plan.ts")).plan(args, world),
  sandbox: async (args, world) => (await import("./sandbox.ts")).sandbox(args, world),
} as const satisfies Record<string, Command>;

const usage = `sallyport: the AI and API gateway that can prove it

  sallyport [start]      starts the gateway      --config FILE --port N --admin-port N --data-dir DIR --json
  sallyport keys         client keys             create --name NAME [--models 'gpt-*,fast'] | list | revoke ID
  sallyport admin-link   a fresh one-time link to the dashboard
  sallyport validate     checks a configuration  --config FILE --json
  sallyport plan         what a file would change in the running gateway
  sallyport sandbox      the simulated provider alone, on 127.0.0.1:7229  --port N
  sallyport --version | --help
`;

/** Runs one command line; the first word chooses the command, `start` is the default. */
export async function run(argv: readonly string[], world: World): Promise<number | undefined> {
  const [first, ...rest] = argv;
  if (first === "--help" || first === "-h" || first === "help") {
    world.stdout(usage);
    return 0;
  }
  if (first === "--version" || first === "-v") {
    world.stdout(`${(await import("./places.ts")).version()}\n`);
    return 0;
  }
  const isNamed = first !== undefined && !first.startsWith("-");
  const name = isNamed ? first : "start";
  const command = commandNamed(name);
  if (command === undefined) {
    const near = nearestNames(name, Object.keys(commands));
    world.stderr(
      `sallyport: there is no command \`${name}\`${near.length > 0 ? `; did you mean \`${near[0]}\`?` : ""}\n\n${usage}`,
    );
    return 2;
  }
  try {
    return await command(isNamed ? rest : argv, world);
  } catch (thrown) {
    world.stderr(`sallyport: ${messageOf(thrown)}\n`);
    return 1;
  }
}

function commandNamed(name: string): Command | undefined {
  return Object.entries(commands).find(([known]) => known === name)?.[1];
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof GatewayError && thrown.code !== "internal") return thrown.publicMessage;
  if (thrown instanceof GatewayError) return thrown.facts.message ?? thrown.message;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
