import type { LocalServer } from "../config/from-environment.ts";
import { isJsonObject, parseJson } from "../kernel/json.ts";

/** Where model servers of a single machine listen by default. */
const usualPorts = [
  { known: "ollama", port: 11_434 },
  { known: "lmstudio", port: 1234 },
  { known: "vllm", port: 8000 },
  { known: "llama-cpp", port: 8080 },
  { known: "sglang", port: 30_000 },
] as const;
/** Nobody said that a server is there: the start does not wait long for one. */
const searchTimeoutMs = 300;
const answerBytesMax = 1024 ** 2;

/** Asks the usual ports of this machine for `GET /v1/models`, all at once; silence or nonsense means there is none. */
export async function findLocalServers(): Promise<readonly LocalServer[]> {
  const answers = await Promise.all(
    usualPorts.map(async ({ known, port }) => askFor(known, `http://127.0.0.1:${port}/v1`)),
  );
  return answers.flatMap((server) => (server === undefined ? [] : [server]));
}

async function askFor(known: string, baseUrl: string): Promise<LocalServer | undefined> {
  const models = await askForModels(baseUrl, searchTimeoutMs);
  return models.length === 0 ? undefined : { known, baseUrl, models };
}

/** The models that the server at `baseUrl` says it has; none when it is silent for `timeoutMs` or makes no sense. */
export async function askForModels(baseUrl: string, timeoutMs: number): Promise<readonly string[]> {
  try {
    const response = await fetch(`${baseUrl}/models`, {
      signal: AbortSignal.timeout(timeoutMs),
      redirect: "error",
    });
    const text = await response.text();
    const value = response.ok && text.length <= answerBytesMax ? parseJson(text) : undefined;
    const data = isJsonObject(value) ? value["data"] : undefined;
    if (!Array.isArray(data)) return [];
    return data.flatMap((entry: unknown) =>
      isJsonObject(entry) && typeof entry["id"] === "string" ? [entry["id"]] : [],
    );
  } catch {
    return [];
  }
}
