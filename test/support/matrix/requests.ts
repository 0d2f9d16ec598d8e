import type { Call, Tool } from "../../../src/exchange/call.ts";
import type { ChatDialect, UpstreamDialect } from "../../../src/exchange/dialect.ts";
import type { Part } from "../../../src/exchange/part.ts";
import type { Warning } from "../../../src/exchange/warning.ts";
import { clientCodecs, upstreamCodecOf } from "../../../src/gateway/codecs.ts";
import { recordedTraffic } from "../recorded-traffic.ts";
import { clients, isClient } from "./translate.ts";

/** Dialects that answer in words. */
export const upstreams = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini-generate",
  "bedrock-converse",
  "cohere-chat",
  "mistral-chat",
] as const satisfies readonly UpstreamDialect[];
export type AnswerDialect = (typeof upstreams)[number];

const recordedAs: Readonly<Record<ChatDialect, string>> = {
  "openai-chat": "openai.chat",
  "openai-responses": "openai.responses",
  "anthropic-messages": "anthropic.messages",
  "gemini-generate": "gemini.generateContent",
};
/** A model of each, by whose name the codecs know what it takes. */
const modelOf: Readonly<Record<AnswerDialect, string>> = {
  "openai-chat": "gpt-4o",
  "openai-responses": "gpt-4o",
  "anthropic-messages": "claude-sonnet-4-5",
  "gemini-generate": "gemini-2.5-pro",
  "bedrock-converse": "anthropic.claude-sonnet-4-5-20250929-v1:0",
  "cohere-chat": "command-a-03-2025",
  "mistral-chat": "mistral-large-latest",
};

/** What became of one recorded request on its way to one upstream, and back where clients speak that dialect too. */
export interface RequestRow {
  readonly client: ChatDialect;
  readonly upstream: AnswerDialect;
  readonly requests: number;
  readonly refused: number;
  /** Sent, with something declared. */
  readonly declared: number;
  /** Compared after the way there and back; absent where nobody speaks the upstream's dialect to us. */
  readonly back?: {
    readonly compared: number;
    readonly equal: number;
    readonly differences: readonly string[];
  };
  readonly crashes: readonly string[];
}

/** All recorded requests of all client dialects to all upstreams. */
export function requestRows(): readonly RequestRow[] {
  return clients.flatMap((client) => {
    const calls = recordedTraffic(recordedAs[client]).flatMap(({ name, request }) => {
      const call = decoded(client, request);
      return call === undefined ? [] : [{ name, call }];
    });
    return upstreams
      .filter((upstream) => upstream !== client)
      .map((upstream) => rowOf(client, upstream, calls));
  });
}

function rowOf(
  client: ChatDialect,
  upstream: AnswerDialect,
  calls: readonly { readonly name: string; readonly call: Call }[],
): RequestRow {
  const differences: string[] = [];
  const crashes: string[] = [];
  let [refused, declared, compared, equal] = [0, 0, 0, 0];
  for (const { name, call } of calls) {
    try {
      const there = encoded(upstream, call);
      if (there === undefined) {
        refused += 1;
        continue;
      }
      if (there.warnings.length > 0) declared += 1;
      const returned = isClient(upstream) ? returnOf(client, upstream, there.body) : undefined;
      if (returned === undefined) continue;
      compared += 1;
      const [before, after] = [asked(call), asked(returned)];
      const changed = [...before].filter(([what, text]) => after.get(what) !== text).map(([what]) => what);
      if (changed.length === 0) equal += 1;
      else differences.push(`${name}: ${changed.join(", ")}`);
    } catch (thrown) {
      crashes.push(`${name}: ${String(thrown)}`);
    }
  }
  const back = isClient(upstream) ? { back: { compared, equal, differences } } : {};
  return { client, upstream, requests: calls.length, refused, declared, ...back, crashes };
}

/** B read by the codec of its clients, written in A, and read again. */
function returnOf(client: ChatDialect, upstream: ChatDialect, body: string): Call | undefined {
  const read = decoded(upstream, Buffer.from(body));
  const back = read === undefined ? undefined : encoded(client, read);
  return back === undefined ? undefined : decoded(client, Buffer.from(back.body));
}

function decoded(client: ChatDialect, body: Buffer): Call | undefined {
  const decoding = clientCodecs[client].decode(body, { target: { model: "m" } });
  return decoding.kind === "call" ? decoding.call : undefined;
}

function encoded(
  upstream: AnswerDialect,
  call: Call,
): { readonly body: string; readonly warnings: readonly Warning[] } | undefined {
  const made = upstreamCodecOf(upstream).encodeRequest(call, {
    model: modelOf[upstream],
    outputTokensMax: 8192,
  });
  return made.kind === "refused" ? undefined : made;
}

/** What a request asks, in words that do not depend on its dialect. */
function asked({
  instructions,
  turns,
  tools,
  toolChoice,
  output,
  sampling,
}: Call): ReadonlyMap<string, string> {
  const parts = turns.flatMap((turn) => turn.parts.map((part) => ({ role: turn.role, part })));
  const said = (role: string): string =>
    parts
      .flatMap(({ role: speaker, part }) =>
        speaker === role && part.kind === "text" ? part.text.trim() : [],
      )
      .join("\n");
  const isSystem = (role: string): boolean => role === "system" || role === "developer";
  const system = [...instructions, ...parts.filter(({ role }) => isSystem(role)).map(({ part }) => part)];
  return new Map([
    ["system", system.flatMap((part) => (part.kind === "text" ? part.text.trim() : [])).join("\n")],
    ["user", said("user")],
    ["assistant", said("assistant")],
    [
      "calls",
      parts
        .flatMap(({ part }) =>
          part.kind === "tool-call" ? `${part.name} ${valueOf(part.argumentsText)}` : [],
        )
        .join("\n"),
    ],
    [
      "results",
      parts.flatMap(({ part }) => (part.kind === "tool-result" ? textOf(part.content) : [])).join("\n"),
    ],
    [
      "media",
      parts
        .flatMap(({ part }) => (part.kind === "image" || part.kind === "document" ? part.kind : []))
        .join(" "),
    ],
    ["tools", tools.map(nameOf).join(", ")],
    [
      "schemas",
      tools
        .map((tool) => (tool.kind === "function" ? JSON.stringify(tool.parameters ?? null) : ""))
        .join("\n"),
    ],
    ["tool choice", JSON.stringify(tools.length === 0 ? undefined : toolChoice) ?? ""],
    [
      "format",
      output === undefined ? "text" : output.kind === "json" ? "json" : JSON.stringify(output.schema),
    ],
    ["temperature", String(sampling.temperature)],
    ["top_p", String(sampling.topP)],
    ["stop", JSON.stringify(sampling.stop ?? [])],
  ]);
}

const nameOf = (tool: Tool): string => tool.name ?? (tool.kind === "opaque" ? tool.type : "");
const textOf = (content: readonly Part[]): string =>
  content.flatMap((part) => (part.kind === "text" ? part.text : [])).join("");

function valueOf(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text === "" ? "{}" : text));
  } catch {
    return text;
  }
}
