import type { IncomingMessage } from "node:http";
import { type Controlled, control, decoded } from "./control.ts";
import type { Dialect } from "./dialect.ts";
import { endpointAt } from "./dialects.ts";
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
  const { method = "GET" } = call.request;
  const { url } = call;
  if (url.pathname.startsWith("/control/"))
    return { kind: "reply", headers: {}, ...control(method, url, call.body, controlled) };
  if (key !== undefined) checkKey(key, call);
  const called = endpointAt(url);
  if (called && method === "POST") return play(called, call, stage);
  const reply = (body: string): Reply => ({
    kind: "reply",
    status: 200,
    headers: { ...dialect.headers(call.requestId), "content-type": dialect.contentType },
    body,
  });
  const models = /^\/v1(?:beta)?\/models(?:\/(.+))?$/.exec(url.pathname);
  if (models && !called && method === "GET") {
    if (models[1] === undefined) return reply(dialect.models(sandboxModels, stage.created));
    const asked = decoded(models[1]);
    const named = findModel(asked);
    if (!named) throw unknownModel(asked);
    return reply(dialect.model(named.model, asked, stage.created));
  }
  const stored = /^\/v1\/responses\/([^/]+)$/.exec(url.pathname)?.[1];
  if (stored !== undefined && !called && (method === "GET" || method === "DELETE"))
    return reply(storedResponse(stored, method, stage));
  if (called || models) throw new Refusal("method", `Not allowed to ${method} on ${url.pathname}.`);
  throw new Refusal("not-found", `Invalid URL (${method} ${url.pathname})`);
}

/** The target of a request as a URL; one that cannot be read is the root. */
export function parseTarget(target: string): URL {
  const url = target.startsWith("/") ? URL.parse(`http://sandbox${target}`) : URL.parse(target);
  return url ?? new URL("http://sandbox/");
}

/** Shows or forgets an answer of the Responses API that was stored. */
function storedResponse(id: string, method: "GET" | "DELETE", { stored, instant }: Stage): string {
  const found = stored.find(id);
  if (!found) throw new Refusal("not-found", `Response with id '${id}' not found.`);
  if (method === "GET") return found.text;
  stored.remove(id);
  instant.clear();
  return `${JSON.stringify({ id, object: "response.deleted", deleted: true }, null, 2)}\n`;
}

function presentedKey(request: IncomingMessage, url: URL): string | undefined {
  for (const name of ["x-api-key", "x-goog-api-key"]) {
    const own = request.headers[name];
    if (typeof own === "string") return own;
  }
  return (
    request.headers.authorization?.replace(/^Bearer\s+/i, "") ?? url.searchParams.get("key") ?? undefined
  );
}

function checkKey(key: string, { request, url }: CallReceived): void {
  const presented = presentedKey(request, url);
  if (presented === key) return;
  if (request.headers["anthropic-version"] !== undefined)
    throw new Refusal("unauthenticated", "invalid x-api-key");
  if (presented !== undefined) throw new Refusal("unauthenticated", "Incorrect API key provided.");
  throw new Refusal("unauthenticated", "You didn't provide an API key.", { isKeyMissing: true });
}
