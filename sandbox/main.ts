import { parseArgs } from "node:util";
import { sandboxModels } from "./models.ts";
import { type Sandbox, startSandbox } from "./server.ts";

/** Where `sallyport sandbox` listens unless told otherwise. */
export const sandboxPort = 7229;

const usage = `Usage: sallyport sandbox [--host 127.0.0.1] [--port ${sandboxPort}] [--seed 1] [--json]

Starts the built-in simulated provider: a real HTTP server that speaks OpenAI Chat Completions and Anthropic Messages.
  --port 0   any free port
  --seed     the same seed and the same request give the same answer
  --json     prints one line {"url","port","models"} when ready`;

/**
 * The command `sallyport sandbox`: starts a sandbox and says on `print` where it is. Returns it running, or `undefined` when
 * only help was asked for.
 *
 * @throws TypeError for an argument it does not know, Error for a port or seed that is no number.
 */
export async function runSandbox(
  args: readonly string[],
  print: (line: string) => void,
): Promise<Sandbox | undefined> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: String(sandboxPort) },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(usage);
    return undefined;
  }
  const sandbox = await startSandbox({
    host: values.host,
    port: whole("--port", values.port, 65_535),
    seed: whole("--seed", values.seed, Number.MAX_SAFE_INTEGER),
  });
  const models = sandboxModels.map(({ name }) => name);
  if (values.json) print(JSON.stringify({ url: sandbox.url, port: sandbox.port, models }));
  else print(greeting(sandbox.url, models));
  return sandbox;
}

function whole(name: string, value: string, most: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number <= most) return number;
  throw new Error(`${name} must be a whole number from 0 to ${most}, not "${value}".`);
}

const greeting = (
  url: string,
  models: readonly string[],
): string => `The sandbox (a simulated provider) is at ${url}
  models  ${models.join(", ")}
  try     curl ${url}/v1/chat/completions -H 'content-type: application/json' \\
            -d '{"model":"sandbox-swift","messages":[{"role":"user","content":"Hello"}]}'`;
