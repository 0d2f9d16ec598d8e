import { parseArgs } from "node:util";
import { sandboxModels } from "./models.ts";
import { sandboxOptions, sandboxPort } from "./options.ts";
import { type Sandbox, startSandbox } from "./server.ts";

/**
 * The command `sallyport sandbox`: starts a sandbox and says on `print` where it is.
 *
 * @throws TypeError for an argument it does not know, RangeError for a port or seed that is no number.
 */
export async function runSandbox(args: readonly string[], print: (line: string) => void): Promise<Sandbox> {
  const { values } = parseArgs({ args: [...args], options: sandboxOptions });
  const sandbox = await startSandbox({
    host: values.host ?? "127.0.0.1",
    port: whole("--port", values.port ?? String(sandboxPort), 65_535),
    seed: whole("--seed", values.seed ?? "1", Number.MAX_SAFE_INTEGER),
  });
  const models = sandboxModels.map(({ name }) => name);
  if (values.json === true) print(JSON.stringify({ url: sandbox.url, port: sandbox.port, models }));
  else print(greeting(sandbox.url, models));
  return sandbox;
}

function whole(name: string, value: string, most: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number <= most) return number;
  throw new RangeError(`${name} must be a whole number from 0 to ${most}, not "${value}".`);
}

const greeting = (
  url: string,
  models: readonly string[],
): string => `The sandbox (a simulated provider) is at ${url}
  models  ${models.join(", ")}
  try     curl ${url}/v1/chat/completions -H 'content-type: application/json' \\
            -d '{"model":"sandbox-swift","messages":[{"role":"user","content":"Hello"}]}'`;
