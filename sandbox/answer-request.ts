import type { IncomingMessage } from "node:http";
import { parseJson } from "../src/kernel/json.ts";
import { readPrompt } from "./anthropic-messages/index.ts";
import { reading } from "./anthropic-messages/reading.ts";
import { type Controlled, control, decoded } from "./control.ts";
import type { Dialect } from "./dialect.ts";
import { dialects } from "./dialects.ts";
import { findModel, sandboxModels } from "./models.ts";
import { type CallReceived, type Playing, play, type Stage } from "./play.ts";
import { Refusal } from "./refusal.ts";
import { unknownModel } from "./refusals.ts";

/** A whole answer that is no model call's. */
export interface Reply {
  readonly kind: "reply";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Answering {
  readonly dialect: Dialect;
  readonly stage: Stage;
  readonly key: string | undefined;
  readonly control: Controlled;
}

/**
 * Answers one request. What is not a model call comes back as a reply to send; a model call has been taken over.
 *
 * @throws Refusal for whatever gets an error answer.
 */
export function answerRequest(
  call: CallReceived,
  { dialect, stage, key, control: controlled }: Answering,
): Reply | Playing {
  const { method = "GET", url: target = "/" } = call.request;
  const url = parseTarget(target);
  if (url.pathname.startsWith("/control/"))
    return { kind: "reply", headers: {}, ...control(method, url, call.body, controlled) };
  if (key !== undefined && presentedKey(call.request) !== key)
    throw new Refusal("unauthenticated", keySentence(call.request));
  const spoken = dialects.find(({ path }) => path === url.pathname);
  if (spoken && method === "POST") return play(spoken, call, stage);
  const reply = (body: string): Reply => ({
    kind: "reply",
    status: 200,
    headers: dialect.headers(call.requestId),
    body,
  });
  if (url.pathname === "/v1/messages/count_tokens" && method === "POST") return reply(countPrompt(call.body));
  if (method === "GET" && url.pathname === "/v1/models")
    return reply(dialect.models(sandboxModels, stage.created));
  if (method === "GET" && url.pathname.startsWith("/v1/models/")) {
    const asked = decoded(url.pathname.slice("/v1/models/".length));
    const named = findModel(asked);
    if (!named) throw unknownModel(asked);
    return reply(dialect.model(named.model, asked, stage.created));
  }
  if (spoken || url.pathname === "/v1/models")
    throw new Refusal("method", `Not allowed to ${method} on ${url.pathname}.`);
  throw new Refusal("not-found", `Invalid URL (${method} ${url.pathname})`);
}

function parseTarget(target: string): URL {
  const url = target.startsWith("/") ? URL.parse(`http://sandbox${target}`) : URL.parse(target);
  if (url) return url;
  throw new Refusal("invalid", "The request target cannot be read.");
}

function countPrompt(body: Buffer): string {
  const json = parseJson(body.toString("utf8"));
  if (json === undefined) throw new Refusal("invalid", "We could not parse the JSON body of your request.");
  const ask = readPrompt(reading.object(json, ["body"]));
  if (!findModel(ask.model)) throw unknownModel(ask.model);
  return JSON.stringify({ input_tokens: ask.prompt.reduce((sum, unit) => sum + unit.tokens, 0) });
}

function presentedKey(request: IncomingMessage): string | undefined {
  const own = request.headers["x-api-key"];
  return typeof own === "string" ? own : request.headers.authorization?.replace(/^Bearer\s+/i, "");
}

function keySentence(request: IncomingMessage): string {
  if (request.headers["anthropic-version"] !== undefined) return "invalid x-api-key";
  if (request.headers.authorization === undefined) return "You didn't provide an API key.";
  return "Incorrect API key provided.";
}
