import { components } from "../admin/schemas.ts";
import type { ModelEntry } from "../gateway/control.ts";
import { requireClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { readOptions } from "./options.ts";
import type { World } from "./world.ts";

/** `sallyport models`: the names that clients of the running gateway may use, and where each leads. */
export async function models(args: readonly string[], world: World): Promise<number> {
  const { values } = readOptions(args, commandLines.models);
  const client = requireClient(dataDirectory({ named: values["data-dir"] }, world));
  const { models: entries } = components.ModelList.parse(await client.call("GET", "/models"));
  const { upstreams } = components.UpstreamList.parse(await client.call("GET", "/upstreams"));
  const providers = [...new Set(upstreams.map(({ provider }) => provider))];
  world.stdout(values.json === true ? `${JSON.stringify(entries)}\n` : printModels(entries, providers));
  return 0;
}

/**
 * Names for people to read:
 *
 *     fast       -> openai/gpt-5-mini, my-vllm/qwen3
 *     gpt-*      -> openai
 *
 *     `PROVIDER/NAME` reaches any other model of openai, my-vllm.
 */
export function printModels(entries: readonly ModelEntry[], providers: readonly string[]): string {
  const width = Math.max(0, ...entries.map(({ name }) => name.length));
  const lines = entries.map(({ name, kind, targets }) => {
    const leads = targets.map(({ provider, model }) => (kind === "pool" ? `${provider}/${model}` : provider));
    return `${name.padEnd(width)}  -> ${leads.join(", ")}\n`;
  });
  const gap = lines.length === 0 ? "" : "\n";
  return `${lines.join("")}${gap}\`PROVIDER/NAME\` reaches any ${gap === "" ? "" : "other "}model of ${providers.join(", ")}.\n`;
}
