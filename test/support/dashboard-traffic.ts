import { type Sandbox, startSandbox } from "../../sandbox/server.ts";
import { type RunningGateway, runGateway } from "./running-gateway.ts";

/** A gateway with two providers, both the sandbox, and what a user sends through it. */
export interface BusyGateway extends AsyncDisposable {
  readonly gateway: RunningGateway;
  /** One call, read to its end, however it ends. @returns The request's id in the log. */
  readonly send: (call: Call) => Promise<string>;
}

export interface Call {
  readonly model: string;
  readonly isStream?: boolean;
  readonly path?: "/v1/chat/completions" | "/v1/messages";
  readonly question?: string;
  readonly key?: string;
  /** Goes away after the first bytes of the answer. */
  readonly leavesEarly?: boolean;
}

/** `assistant` fails over: its first target is broken for good. */
export const assistant = "assistant";

const config = (sandbox: Sandbox) => `
providers:
  first: { dialect: openai-chat, baseUrl: ${sandbox.url}/v1 }
  second: { dialect: anthropic-messages, baseUrl: ${sandbox.url} }
models:
  ${assistant}:
    - { provider: first, model: "swift+fault=status:503" }
    - { provider: second, model: swift }
  summaries:
    - { provider: second, model: steady }
  code-review:
    - { provider: first, model: deep }
pricing:
  rows:
    - match: { provider: first, model: "*" }
      usdPerMillion: { input: "2.50", output: "10.00" }
      source: invented for a test
    - match: { provider: second, model: "*" }
      usdPerMillion: { input: "1.00", output: "4.00" }
      source: invented for a test
`;

export async function openBusyGateway(): Promise<BusyGateway> {
  await using undo = new AsyncDisposableStack();
  const sandbox = undo.adopt(await startSandbox(), (started) => started.close());
  const gateway = undo.use(await runGateway({ config: config(sandbox) }));
  const opened = undo.move();
  return {
    gateway,
    send: (call) => send(gateway, call),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function send(gateway: RunningGateway, call: Call): Promise<string> {
  const { model, isStream = false, path = "/v1/chat/completions", key = gateway.clientKey } = call;
  const leaving = new AbortController();
  const response = await fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model,
      stream: isStream,
      max_tokens: 200,
      messages: [{ role: "user", content: call.question ?? "Who goes there?" }],
    }),
    signal: leaving.signal,
  });
  const id = response.headers.get("x-sallyport-request-id") ?? "";
  if (call.leavesEarly === true) {
    await response.body?.getReader().read();
    leaving.abort();
  } else {
    // A stream that breaks is what some calls are sent for.
    await response.text().catch(() => undefined);
  }
  return id;
}
