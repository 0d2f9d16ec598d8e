import type { Identified } from "../exchange/exchange.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { Site } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { joined } from "../pipeline/joined.ts";
import type { PassedAnswer, ServiceCall } from "../pipeline/service-call.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { Transport, UpstreamHead } from "../ports/transport.ts";
import {
  defaultDownLimits,
  downHeaders,
  editHeaders,
  editJson,
  editQuery,
  type OwnedNames,
  passingTrailers,
  upHeaders,
} from "../protocols/rest/index.ts";
import { credentialHeaders, queryWithoutKey } from "./client-credential.ts";
import type { Edge } from "./edge.ts";
import type { Transforms } from "./route-rules.ts";
import type { ServiceRoute } from "./service-routes.ts";

export interface ServiceWays {
  readonly edge: Edge;
  /** Names that no client brings on this route. */
  readonly ownedUp: OwnedNames;
  /** Ours in `Via`. */
  readonly pseudonym: string;
  readonly transport: Transport;
  /** The version in which the service answers. */
  readonly http: ServiceTarget["http"];
  readonly transforms: Transforms;
  /** As the client named it. */
  readonly host: string;
  /** What the service is told of who asks: a flat list. */
  readonly who: readonly string[];
}

const editedBytesMax = 1024 * 1024;

/**
 * What goes to a REST service, and what comes back. A body that is to be changed is held for it, any other passes.
 *
 * @throws GatewayError `loop_detected`, `malformed_request`, and what reading the body throws.
 */
export async function restCall(
  identified: Identified<ServiceRoute>,
  inbound: InboundRequest,
  ways: ServiceWays,
): Promise<ServiceCall> {
  const { method, query, route } = identified;
  const { rule, captures } = route;
  const { transforms } = ways;
  const { request } = transforms;
  const path = transforms.rewrite(identified.path, captures);
  const keyless = rule.auth === "none" ? query : queryWithoutKey(query);
  const edited = editQuery(keyless, request.query);
  const held = await editedBody(inbound, ways, rule.bodyBytesMax);
  const body = held?.body;
  const announced =
    inbound.header("transfer-encoding") === undefined ? inbound.header("content-length") : undefined;
  const contentLength = body?.byteLength ?? (announced === undefined ? undefined : Number(announced));
  return {
    target: rule.target,
    transport: ways.transport,
    method,
    pathAt: ({ basePath }) => `${basePath}${path}${edited === "" ? "" : `?${edited}`}`,
    headersAt: (site) =>
      editHeaders(
        readable(requestHeaders({ identified, inbound, ways, contentLength }, site, rule.target), transforms),
        request.headers,
      ),
    ...(held === undefined ? {} : { body: held.body, bodyBytesIn: held.bytesIn }),
    ...(mayTrail(inbound, ways.http)
      ? { trailers: () => passingTrailers(inbound.trailers(), ways.ownedUp) }
      : {}),
    bodyBytesMax: rule.bodyBytesMax,
    isRepeatable: repeatable.has(method) || inbound.header("idempotency-key") !== undefined,
    interim: (list) => interimHeaders(list, ways),
    answer: (head) => passedAnswer(head, method, inbound, ways),
  };
}

/** Safe or idempotent. Source: RFC 9110, section 9.2; QUERY by draft-ietf-httpbis-safe-method-w-body. */
const repeatable: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "QUERY"]);

/**
 * Who announces trailers may send some; in HTTP/2 all the way nobody has to. What a client of HTTP/2 has not announced stays
 * here on its way to HTTP/1.1, which RFC 9110, section 6.5.1, lets any recipient do: to wait for it would cost each of its bodies
 * the faster way.
 */
const mayTrail = ({ header, httpVersion }: InboundRequest, http: ServiceTarget["http"]): boolean =>
  httpVersion === "2"
    ? http === "2" || header("trailer") !== undefined
    : header("trailer") !== undefined && header("transfer-encoding") !== undefined;

interface Up {
  readonly identified: Identified<ServiceRoute>;
  readonly inbound: InboundRequest;
  readonly ways: ServiceWays;
  readonly contentLength: number | undefined;
}

/** All that goes up with a request. */
export function requestHeaders(
  { identified, inbound, ways: { edge, ownedUp, pseudonym, host, who }, contentLength }: Up,
  site: Site,
  target: ServiceTarget,
  upgrade?: string,
): readonly string[] {
  const { rule } = identified.route;
  return upHeaders(
    {
      rawHeaders: inbound.rawHeaders,
      method: identified.method,
      httpVersion: inbound.httpVersion,
      remoteAddress: inbound.remoteAddress,
      scheme: inbound.scheme,
      host,
      localPort: inbound.localPort,
      isPeerTrusted: edge.isTrusted(inbound.remoteAddress),
      credentialIn: {
        headers: rule.auth === "none" ? [] : credentialHeaders(inbound.header, identified.presented),
        cookies: [],
      },
      ...(contentLength === undefined ? {} : { contentLength }),
      ...(upgrade === undefined ? {} : { upgrade }),
    },
    {
      owned: ownedUp,
      forwarded: edge.forwarded,
      pseudonym,
      ...(rule.preserveHost ? {} : { upstreamHost: authorityOf(site.origin) }),
      credential: who.length === 0 ? site.headers : [...site.headers, ...who],
      passesTrailers: target.http === "2" || inbound.httpVersion !== "1.0",
    },
  ).headers;
}

const authorityOf = (origin: string): string => origin.slice(origin.indexOf("://") + "://".length);

/** What is to be edited has to come whole, and in no coding that only the client can read. */
function readable(headers: readonly string[], { response }: Transforms): readonly string[] {
  if (response.body.length === 0) return headers;
  const left = headers.filter((_, index) => !unreadable.has(headers[index - (index % 2)] ?? ""));
  return [...left, "accept-encoding", "identity"];
}

const unreadable: ReadonlySet<string> = new Set(["accept-encoding", "range", "if-range"]);

async function editedBody(
  inbound: InboundRequest,
  { transforms: { request } }: ServiceWays,
  bodyBytesMax: number,
): Promise<{ readonly body: Uint8Array; readonly bytesIn: number } | undefined> {
  if (request.body.length === 0 || !isJson(inbound.header("content-type"))) return undefined;
  const bytes = await inbound.readBody(Math.min(editedBytesMax, bodyBytesMax));
  const bytesIn = bytes.byteLength;
  if (bytesIn === 0) return { body: bytes, bytesIn };
  const edited = editJson(new TextDecoder().decode(bytes), request.body);
  if (edited === undefined)
    throw new GatewayError("malformed_request", "the body is no JSON", {
      message: "The request body is announced as JSON and is none.",
    });
  return { body: new TextEncoder().encode(edited), bytesIn };
}

const isJson = (type: string | undefined): boolean =>
  type !== undefined && /^application\/(?:[\w.-]+\+)?json\b/i.test(type);

/** The fields of an interim answer on the way down. @throws GatewayError `upstream_malformed_response`. */
const interimHeaders = (list: readonly string[], { edge, pseudonym, http }: ServiceWays): readonly string[] =>
  downHeaders(list, {
    ...defaultDownLimits,
    owned: edge.owned,
    pseudonym,
    httpVersion: http,
    passesTrailers: false,
  });

/** How an answer goes down. */
function passedAnswer(
  head: UpstreamHead,
  method: string,
  inbound: InboundRequest,
  { edge, pseudonym, http, transforms }: ServiceWays,
): PassedAnswer {
  const { response } = transforms;
  const failure = statusFailure(head);
  const passesTrailers = takesTrailers(inbound);
  const list = downHeaders(head.list ?? [...head.headers].flat(), {
    ...defaultDownLimits,
    owned: edge.owned,
    pseudonym,
    httpVersion: http,
    passesTrailers,
  });
  const headers = editHeaders(list, response.headers);
  const passed: PassedAnswer = {
    status: transforms.statusOf(head.status),
    headers,
    ...(failure === undefined ? {} : { failure }),
    end: (trailers) => ({ trailers: passesTrailers ? passingTrailers(trailers, edge.owned) : [] }),
  };
  const isEdited = response.body.length > 0 && isJson(head.headers.get("content-type"));
  return isEdited && hasBody(method, head.status) ? withEditedBody(passed, transforms) : passed;
}

const hasBody = (method: string, status: number): boolean =>
  method !== "HEAD" && status !== 204 && status !== 304;

const takesTrailers = ({ header, httpVersion }: InboundRequest): boolean =>
  httpVersion === "2" || /(?:^|,)\s*trailers\s*(?:,|$)/i.test(header("te") ?? "");

/** The body is held until its end, and goes down changed. */
function withEditedBody(answer: PassedAnswer, { response }: Transforms): PassedAnswer {
  const held: Uint8Array[] = [];
  let size = 0;
  return {
    ...answer,
    headers: answer.headers.filter((_, index) => !madeAnew.has(answer.headers[index - (index % 2)] ?? "")),
    push: (chunk) => {
      size += chunk.byteLength;
      if (size > editedBytesMax)
        throw new GatewayError("upstream_malformed_response", "larger than is held", { reason: "too_large" });
      held.push(chunk);
      return undefined;
    },
    end: () => {
      const text = new TextDecoder().decode(joined(held, size));
      const edited = editJson(text, response.body);
      if (edited === undefined)
        throw new GatewayError("upstream_malformed_response", "no JSON", { reason: "schema" });
      return { chunk: new TextEncoder().encode(edited), trailers: [] };
    },
  };
}

/** What a body that was changed has no more. */
const madeAnew: ReadonlySet<string> = new Set(["content-length", "etag", "content-md5", "digest"]);

/** What a status says of its service: only what no client can be to blame for. */
export function statusFailure({ status, headers }: UpstreamHead): UpstreamFailure | undefined {
  if (status < 500 || status === 501) return undefined;
  const seconds = Number(headers.get("retry-after"));
  return {
    code: status === 503 ? "upstream_overloaded" : "upstream_failed",
    status,
    message: `status ${status}`,
    ...(status === 503 && seconds > 0 ? { retryAfterMs: 1000 * seconds } : {}),
  };
}
