import type { Decoded, Identified, Received, Route } from "../exchange/exchange.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { InboundRequest } from "../ports/server.ts";
import { problemsError } from "./problems.ts";
import type { Trail } from "./trail.ts";

/** What reads heads: `protocols/rest`, `capabilities/identity`. */
export interface HeadReaders {
  readonly checkHead: (
    rawHeaders: readonly string[],
    httpVersion: string,
  ) => { readonly host: string; readonly hostname: string };
  readonly canonicalTarget: (request: {
    readonly method: string;
    readonly target: string;
    readonly host: string;
  }) => { readonly path: string; readonly query: string };
  readonly presentedKeys: (header: InboundRequest["header"], query: string) => readonly string[];
  readonly addressOf: (inbound: InboundRequest) => string;
  /** All routes of a path, one a method; `undefined` when the path leads nowhere. */
  readonly routesOf: (key: {
    readonly path: string;
    readonly query: string;
    readonly header: InboundRequest["header"];
  }) => readonly Route[] | undefined;
  /** The route to a service; the methods that would be taken, where this one is not; `undefined`: none leads there. */
  readonly serviceOf: (key: HeadKey) => Route | readonly string[] | undefined;
}

/** A head as routes look at it. */
interface HeadKey {
  readonly host: string;
  /** Without port. */
  readonly hostname: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly header: InboundRequest["header"];
  readonly rawHeaders: readonly string[];
}

const served =
  "Served: the `routes` of the configuration, `POST /v1/chat/completions`, `POST /v1/responses`, `POST /v1/messages` and `/count_tokens`, `POST /v1/embeddings`, `ai.v1.ChatService` over gRPC, `POST /v1/feedback`, `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`, `GET /v1/models`, sockets of `GET /v1/realtime`, and every endpoint of a provider below `/p/{provider}/`.";

/** Door 0, first half: the head, which is canonical from here on. */
export function receive(inbound: InboundRequest, trail: Trail<unknown>, readers: HeadReaders): Received {
  const { host, hostname } = readers.checkHead(inbound.rawHeaders, inbound.httpVersion);
  const { method, header, target } = inbound;
  const { path, query } = readers.canonicalTarget({ method, target, host });
  const route = routeOf(
    { host, hostname, method, path, query, header, rawHeaders: inbound.rawHeaders },
    readers,
  );
  const received: Received = {
    id: trail.id,
    at: trail.at,
    method: inbound.method,
    host,
    path,
    query,
    route,
    presented: readers.presentedKeys(inbound.header, query),
    address: () => readers.addressOf(inbound),
  };
  trail.received = received;
  return received;
}

/** A route of the operator's goes before the gateway's own. */
function routeOf(key: HeadKey, { serviceOf, routesOf }: HeadReaders): Route {
  const { path, method } = key;
  const service = serviceOf(key);
  if (service !== undefined && "kind" in service) return service;
  const own = routesOf(key);
  const found = own?.find((route) => route.method === "*" || route.method === method);
  if (found !== undefined) return found;
  const allowed = [...(service ?? []), ...(own ?? []).map((route) => route.method)];
  if (allowed.length === 0)
    throw new GatewayError("route_not_found", `no route for ${path}`, {
      message: `There is no route \`${path}\`. ${served}`,
    });
  throw new GatewayError("method_not_allowed", `${method} ${path}`, {
    message: `\`${path}\` answers ${allowed.join(", ")} only.`,
  });
}

/** Door 0, second half: the body, read only for a known caller. */
export async function decode(
  identified: Identified<Extract<Route, { kind: "ai" }>>,
  inbound: InboundRequest,
  trail: Trail<unknown>,
  bodyBytesMax: number,
): Promise<Decoded> {
  const body = await readJsonBytes(inbound, trail, bodyBytesMax);
  const reading = identified.route.codec.read(body, identified.route.facts);
  if (reading.kind === "invalid") throw problemsError(reading.problems);
  const { facts } = reading;
  trail.facts = facts;
  trail.stages.record(
    "decode",
    "read",
    `${identified.route.codec.dialect}, ${body.length} bytes, model \`${facts.model}\`${facts.isStream ? ", streaming" : ""}`,
  );
  return { ...identified, body, facts };
}

/** @throws GatewayError `unsupported_media_type`, `request_too_large`. */
export async function readJsonBytes(
  inbound: InboundRequest,
  trail: Trail<unknown>,
  bodyBytesMax: number,
): Promise<Uint8Array> {
  const contentType = inbound.header("content-type");
  if (contentType !== undefined && !/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType)) {
    throw new GatewayError("unsupported_media_type", contentType, {
      message: "The body has to be `application/json`.",
    });
  }
  const body = await inbound.readBody(bodyBytesMax);
  trail.bytesIn = body.length;
  trail.stages.resume();
  return body;
}
