import { runSandbox } from "../../sandbox/main.ts";
import { GatewayError } from "../kernel/errors.ts";
import { commandLines } from "./command-lines.ts";
import { readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

/** `sallyport sandbox`: the simulated provider alone, for trying clients and for tests. */
export async function sandbox(args: readonly string[], world: World): Promise<undefined> {
  readOptions(args, commandLines.sandbox);
  try {
    await runSandbox(args, (line) => world.stdout(`${line}\n`));
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new UsageError(thrown.message);
    throw new GatewayError("internal", String(thrown), { message: whyNot(thrown), cause: thrown });
  }
  return undefined;
}

function whyNot(thrown: unknown): string {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  if (code === "EADDRINUSE") return "the port is in use; choose another with `--port` (0 takes any free one)";
  return `the sandbox cannot listen (${String(code ?? thrown)}); \`--host\` and \`--port\` say where`;
}
