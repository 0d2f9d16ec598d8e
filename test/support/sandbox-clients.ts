import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { type Sandbox, startSandbox } from "../../sandbox/server.ts";

/** A sandbox of its own and both official SDKs straight at it, told to answer without delay. */
export interface SandboxClients {
  readonly sandbox: Sandbox;
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  /** What `GET /control/state` says. */
  readonly state: () => Promise<Record<string, number>>;
  /** Posts `body` without any SDK and gives the answer's text. */
  readonly raw: (path: string, body: unknown, directions: string) => Promise<string>;
}

const quick = "ttft=0;rate=0";

/** Request options that direct the sandbox. */
export const told = (directions: string) => ({
  headers: { "x-sallyport-sandbox": `${quick};${directions}` },
});

export const hello = {
  model: "sandbox-swift",
  messages: [{ role: "user" as const, content: "Good morning, gate!" }],
};
export const helloClaude = { ...hello, max_tokens: 500 };

/** A PNG of one pixel, 70 bytes, in base64. */
export const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export const weather = {
  type: "object" as const,
  properties: { city: { type: "string" }, days: { type: "integer", minimum: 1, maximum: 5 } },
  required: ["city", "days"],
};
export const clock = {
  type: "object" as const,
  properties: { zone: { enum: ["UTC", "CET"] } },
  required: ["zone"],
};

export async function startSandboxClients(): Promise<SandboxClients> {
  const sandbox = await startSandbox({ seed: 7 });
  const options = {
    maxRetries: 0,
    logLevel: "off" as const,
    defaultHeaders: { "x-sallyport-sandbox": quick },
  };
  return {
    sandbox,
    openai: new OpenAI({ ...options, baseURL: `${sandbox.url}/v1`, apiKey: "sk-any" }),
    anthropic: new Anthropic({ ...options, baseURL: sandbox.url, apiKey: "any" }),
    state: async () => JSON.parse(await (await fetch(`${sandbox.url}/control/state`)).text()),
    raw: async (path, body, directions) => {
      const headers = { "content-type": "application/json", ...told(directions).headers };
      const response = await fetch(`${sandbox.url}${path}`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      return await response.text();
    },
  };
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** What went wrong in `work`, or `undefined`. */
export function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}
