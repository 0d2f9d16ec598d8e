import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { answerRequest, parseTarget, type Reply } from "./answer-request.ts";
import type { SandboxState } from "./control.ts";
import type { Dialect } from "./dialect.ts";
import { dialectOf } from "./dialects.ts";
import { createInstantAnswers } from "./instant.ts";
import { createPromptCache } from "./prompt-cache.ts";
import { readBody } from "./read-body.ts";
import { Refusal } from "./refusal.ts";
import { createRequestLog, type LoggedRequest } from "./request-log.ts";
import { createScheduler } from "./scheduler.ts";
import { diceFor } from "./seeded.ts";
import { createStandingDirections } from "./standing.ts";
import { createStoredResponses } from "./stored-responses.ts";
import { createStorms } from "./storms.ts";

/** How a sandbox is started. */
export interface SandboxOptions {
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** The same seed and the same body give the same answer; 1 by default. */
  readonly seed?: number;
  /** If set, calls without this key are refused with 401. */
  readonly key?: string;
}

/** A running sandbox. */
export interface Sandbox {
  /** `http://host:port`, without a path. */
  readonly url: string;
  readonly port: number;
  /** Stops listening and drops every connection. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the simulated provider: a real HTTP server that speaks OpenAI Chat Completions, Responses and Embeddings,
 * Anthropic Messages, and Gemini.
 *
 * @throws the error of `listen` (`EADDRINUSE`, `EACCES`, …) when it cannot have the port.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = "127.0.0.1", port = 0, seed = 1, key } = options;
  const scheduler = createScheduler();
  const log = createRequestLog();
  const standing = createStandingDirections();
  const cache = createPromptCache();
  const counts = { openCalls: 0, openStreams: 0, calls: 0, aborted: 0 };
  const requestPrefix = diceFor(String(seed), "requests").id(16);
  let connections = 0;
  const created = Math.floor(Date.now() / 1000);
  const instant = createInstantAnswers();
  const stored = createStoredResponses();
  const storms = createStorms(scheduler.now);
  const stage = { scheduler, standing, cache, instant, stored, storms, seed, created };

  const server = createServer({ keepAliveTimeout: 75_000, noDelay: true }, receive);
  server.on("connection", (socket) => {
    connections += 1;
    socket.once("close", () => {
      connections -= 1;
    });
  });
  const bound = await listen();
  const name = host.includes(":") ? `[${host}]` : host;
  return { url: `http://${name}:${bound}`, port: bound, close };

  function receive(request: IncomingMessage, response: ServerResponse): void {
    response.on("error", () => {});
    readBody(request, (body) => take(request, response, body));
  }

  function take(request: IncomingMessage, response: ServerResponse, received: Buffer | Refusal): void {
    const { method = "GET", url: path = "/", rawHeaders } = request;
    const body = received instanceof Refusal ? Buffer.alloc(0) : received;
    const isControl = path.startsWith("/control/");
    const logged = isControl
      ? undefined
      : log.add({ receivedAt: Date.now(), method, path, rawHeaders, body });
    const ordinal = logged?.ordinal ?? 0;
    const requestId = `req_${requestPrefix}${ordinal.toString(36).padStart(8, "0")}`;
    if (logged) follow(response, logged);
    const url = parseTarget(path);
    const dialect = dialectOf(request, url);
    try {
      if (received instanceof Refusal) throw received;
      const call = { request, url, response, body, requestId, ordinal };
      const reply = answerRequest(call, { dialect, stage, key, control: { log, standing, cache, state } });
      if (reply.kind === "reply") send(response, reply);
      else count(response, reply.isStream);
    } catch (thrown) {
      refuse(response, { dialect, url, requestId, thrown });
    }
  }

  function state(): SandboxState {
    return { ...counts, connections };
  }

  function count(response: ServerResponse, isStream: boolean): void {
    counts.calls += 1;
    counts.openCalls += 1;
    if (isStream) counts.openStreams += 1;
    response.once("close", () => {
      counts.openCalls -= 1;
      if (isStream) counts.openStreams -= 1;
      if (!response.writableFinished) counts.aborted += 1;
    });
  }

  function listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port, host, backlog: 4_096 }, () => {
        server.off("error", reject);
        const address = server.address();
        resolve(typeof address === "object" && address ? address.port : port);
      });
    });
  }

  function close(): Promise<void> {
    scheduler.stop();
    return new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}

/** Keeps the log entry true to what the client got. */
function follow(response: ServerResponse, logged: LoggedRequest): void {
  response.once("close", () => {
    if (response.headersSent) logged.status = response.statusCode;
    logged.ending = response.writableFinished ? "complete" : "aborted";
  });
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  const sized =
    body === "" ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  response.writeHead(status, { ...sized, ...headers });
  response.end(body);
}

interface Refused {
  readonly dialect: Dialect;
  readonly url: URL;
  readonly requestId: string;
  readonly thrown: unknown;
}

function refuse(response: ServerResponse, { dialect, url, requestId, thrown }: Refused): void {
  const refusal = thrown instanceof Refusal ? thrown : new Refusal("server", "The sandbox has a defect.");
  if (refusal !== thrown) console.error("The sandbox has a defect:", thrown);
  if (response.headersSent) return void response.destroy();
  const { status, body, contentType = dialect.contentType } = dialect.error(refusal, { url, requestId });
  const seconds = refusal.facts.retryAfterSeconds;
  const retry = seconds === undefined ? {} : { "retry-after": String(seconds) };
  const headers = { ...dialect.headers(requestId), "content-type": contentType, ...retry };
  send(response, { kind: "reply", status, headers, body });
}
