import { type Sandbox, startSandbox } from "../../sandbox/server.ts";
import { type RawUpstream, rawUpstream, wholeAnswer } from "./raw-upstream.ts";
import { type RunningGateway, runGateway } from "./running-gateway.ts";

/** A gateway with three providers (two are the sandbox, one takes little), and what a user sends through it. */
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
  /** Further members of the body. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Goes away after the first bytes of the answer. */
  readonly leavesEarly?: boolean;
}

/** `assistant` fails over: its first target is broken for good. */
export const assistant = "assistant";

/** A model of the provider that takes little: neither a temperature nor a seed, and it says so. */
export const pickyModel = "local/qwen-3";

const config = (sandbox: Sandbox, local: RawUpstream) => `
providers:
  first: { dialect: openai-chat, baseUrl: ${sandbox.url}/v1 }
  second: { dialect: anthropic-messages, baseUrl: ${sandbox.url} }
  local: { dialect: openai-chat, baseUrl: ${local.url}/v1, models: ["qwen-*"] }
  ollama: { baseUrl: ${local.url}/v1 }
  replicas:
    dialect: openai-chat
    endpoints: [{ baseUrl: "${sandbox.url}/v1", name: one }, { baseUrl: "${local.url}/v1", name: two, weight: 2 }]
models:
  ${assistant}:
    - { provider: first, model: "swift+fault=status:503" }
    - { provider: second, model: swift }
  summaries:
    - { provider: second, model: steady }
  code-review:
    - { provider: first, model: deep }
  chosen:
    targets:
      - { provider: first, model: steady }
      - { provider: second, model: swift }
    route: { strategy: COST_OPTIMIZED, expose: full }
  thrifty:
    targets:
      - { provider: first, model: steady }
      - { provider: second, model: swift }
    route: { strategy: learned, budget: { ofReference: 60% }, reference: first/steady, explore: 0 }
# What a second try is worth is no matter here: an attempt each.
resilience: { retry: { perTarget: 1 } }
scaling: { pools: { second: { capacity: 500 } } }
abilities:
  models:
    - { provider: second, model: "*", contextTokens: 32000, inputs: [text, image], reasoning: false }
catalog: { url: "${local.url}/api.json" }
pricing:
  rows:
    - match: { provider: first, model: "*" }
      usdPerMillion: { input: "2.50", output: "10.00" }
      source: invented for a test
    - match: { provider: second, model: "*" }
      usdPerMillion: { input: "1.00", output: "4.00", cacheRead: "0.10", cacheWrite5m: "1.25" }
      source: invented for a test
`;

export async function openBusyGateway(): Promise<BusyGateway> {
  await using undo = new AsyncDisposableStack();
  const sandbox = undo.adopt(await startSandbox(), (started) => started.close());
  const local = undo.use(await rawUpstream(answerLittle));
  const gateway = undo.use(await runGateway({ config: config(sandbox, local) }));
  const opened = undo.move();
  return {
    gateway,
    send: (call) => send(gateway, call),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function answerLittle({
  head,
  body,
  socket,
}: Parameters<NonNullable<Parameters<typeof rawUpstream>[0]>>[0]): void {
  if (head.startsWith("GET /api.json")) {
    // In the form of models.dev.
    const models = { "qwen-3": { limit: { context: 40_960, output: 8192 }, tool_call: true } };
    socket.write(wholeAnswer(200, JSON.stringify({ ollama: { models } })));
    return;
  }
  const refused = ["temperature", "seed"].find((name) => body.includes(`"${name}"`));
  if (refused === undefined) {
    const message = { role: "assistant", content: "A friend." };
    const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
    const choices = [{ index: 0, message, finish_reason: "stop" }];
    const answer = { id: "c", object: "chat.completion", created: 1, model: "qwen-3", choices, usage };
    socket.write(wholeAnswer(200, JSON.stringify(answer)));
    return;
  }
  const message = `Unsupported parameter: '${refused}' is not supported with this model.`;
  const error = { message, type: "invalid_request_error", param: refused, code: "unsupported_parameter" };
  socket.write(wholeAnswer(400, JSON.stringify({ error })));
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
      ...call.more,
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
