import { startSandbox } from "../../sandbox/server.ts";
import { type RunningGateway, runGateway } from "./running-gateway.ts";

/** A gateway that keeps addresses of mail from providers, and what clients ask of it. */
export interface TrustGateway extends AsyncDisposable {
  readonly gateway: RunningGateway;
  /** One call, with the first key unless another is named. */
  readonly ask: (model: string, key?: string, question?: string) => Promise<Asked>;
}

interface Asked {
  readonly status: number;
  /** Of the refusal; `undefined`: it was answered. */
  readonly code: string | undefined;
  /** In the request log. */
  readonly id: string;
}

export async function openTrustGateway(): Promise<TrustGateway> {
  await using undo = new AsyncDisposableStack();
  const sandbox = undo.adopt(await startSandbox(), (started) => started.close());
  const config = `
providers:
  first: { dialect: openai-chat, baseUrl: ${sandbox.url}/v1 }
  second: { dialect: anthropic-messages, baseUrl: ${sandbox.url} }
pricing:
  rows:
    - match: { provider: first, model: "*" }
      usdPerMillion: { input: "2.50", output: "10.00" }
      source: invented for a test
guardrails:
  rules:
    - { on: input, detect: [email], do: block }
    - { on: input, detect: [phone], do: redact }
`;
  const gateway = undo.use(await runGateway({ config }));
  const opened = undo.move();
  return {
    gateway,
    ask: async (model, key = gateway.clientKey, question = "What is a sallyport?") => {
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify({ model, max_tokens: 50, messages: [{ role: "user", content: question }] }),
      });
      const answer: { readonly error?: { readonly code?: string } } = JSON.parse(await response.text());
      return {
        status: response.status,
        code: answer.error?.code,
        id: response.headers.get("x-sallyport-request-id") ?? "",
      };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
