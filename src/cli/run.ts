import { GatewayError } from "../kernel/errors.ts";
import { type CommandName, commandLines } from "./command-lines.ts";
import { printHelp, printOverview } from "./help.ts";
import { meant, UsageError } from "./options.ts";
import type { World } from "./world.ts";

type Command = (args: readonly string[], world: World) => Promise<number | undefined>;

/** Loaded when asked for: `sallyport keys list` has no use for a server. */
const commands: Readonly<Record<CommandName, Command>> = {
  start: async (args, world) => (await import("./start.ts")).start(args, world),
  validate: async (args, world) => (await import("./validate.ts")).validate(args, world),
  doctor: async (args, world) => (await import("./doctor.ts")).doctor(args, world),
  plan: async (args, world) => (await import("./plan.ts")).plan(args, world),
  models: async (args, world) => (await import("./models.ts")).models(args, world),
  explain: async (args, world) => (await import("./explain.ts")).explain(args, world),
  limits: async (args, world) => (await import("./limits.ts")).limits(args, world),
  budgets: async (args, world) => (await import("./budgets.ts")).budgets(args, world),
  prices: async (args, world) => (await import("./prices.ts")).prices(args, world),
  costs: async (args, world) => (await import("./costs.ts")).costs(args, world),
  translate: async (args, world) => (await import("./translate.ts")).translateFile(args, world),
  policies: async (args, world) => (await import("./policies.ts")).policies(args, world),
  simulate: async (args, world) => (await import("./simulate.ts")).simulate(args, world),
  keys: async (args, world) => (await import("./keys.ts")).keys(args, world),
  tenants: async (args, world) => (await import("./owners.ts")).owners("tenants")(args, world),
  projects: async (args, world) => (await import("./owners.ts")).owners("projects")(args, world),
  operators: async (args, world) => (await import("./operators.ts")).operators(args, world),
  "signing-keys": async (args, world) => (await import("./signing-keys.ts")).signingKeys(args, world),
  sign: async (args, world) => (await import("./sign.ts")).sign(args, world),
  "admin-link": async (args, world) => (await import("./admin-link.ts")).adminLink(args, world),
  audit: async (args, world) => (await import("./audit.ts")).audit(args, world),
  secrets: async (args, world) => (await import("./secrets.ts")).secrets(args, world),
  catalog: async (args, world) => (await import("./list-catalog.ts")).listCatalog(args, world),
  sandbox: async (args, world) => (await import("./sandbox.ts")).sandbox(args, world),
};

/**
 * Runs one command line; the first word chooses the command, `start` is the default.
 * @returns 0, 1 when the command failed, 2 when the line cannot be understood; `undefined` when the process goes on.
 */
export async function run(argv: readonly string[], world: World): Promise<number | undefined> {
  const [first, ...others] = argv;
  if (first === "--version" || first === "-v") {
    world.stdout(`${(await import("./places.ts")).version()}\n`);
    return 0;
  }
  if (first === "help") return run([...others, "--help"], world);
  const isNamed = first !== undefined && !first.startsWith("-");
  if (!isNamed && asksForHelp(argv)) {
    world.stdout(printOverview());
    return 0;
  }
  const name = isNamed ? first : "start";
  if (isCommand(name)) return runCommand(name, isNamed ? others : argv, world);
  const hint = /\.ya?ml$/.test(name)
    ? `; to start with a file: \`sallyport start --config ${name}\``
    : meant(name, Object.keys(commandLines));
  return misunderstood(`there is no command \`${name}\`${hint}`, "sallyport --help", world);
}

async function runCommand(
  name: CommandName,
  args: readonly string[],
  world: World,
): Promise<number | undefined> {
  if (asksForHelp(args)) {
    world.stdout(printHelp(name));
    return 0;
  }
  try {
    return await commands[name](args, world);
  } catch (thrown) {
    if (thrown instanceof UsageError) return misunderstood(thrown.message, `sallyport ${name} --help`, world);
    world.stderr(`sallyport: ${messageOf(thrown)}\n`);
    return 1;
  }
}

function misunderstood(message: string, help: string, { stderr }: World): 2 {
  stderr(`sallyport: ${message}\n\`${help}\` lists what there is.\n`);
  return 2;
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === "--help" || arg === "-h");
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commandLines, name);
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof GatewayError && thrown.code !== "internal") return thrown.publicMessage;
  if (thrown instanceof GatewayError) return thrown.facts.message ?? thrown.message;
  if (thrown instanceof Error && "code" in thrown && thrown.code === "ERR_ACCESS_DENIED")
    return `permission mode keeps the gateway from ${"resource" in thrown ? String(thrown.resource) : "what it needs"}: ${thrown.message}`;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
