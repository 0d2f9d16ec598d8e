import type { Decoded, Identified, Received, Route } from "../exchange/exchange.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { InboundRequest } from "../ports/server.ts";
import { problemsError } from "./problems.ts";
import type { Trail } from "./trail.ts";

/** What reads heads: `protocols/rest`, `capabilities/identity`. */
export interface HeadReaders {
  readonly checkHead: (rawHeaders: readonly string[], httpVersion: string) => { readonly host: string };
  readonly canonicalTarget: (request: {
    readonly method: string;
    readonly target: string;
    readonly host: string;
  }) => { readonly path: string; readonly query: string };
  readonly presentedKeys: (header: InboundRequest["header"], query: string) => readonly string[];
  /** All routes of a path, one a method; `undefined` when the path leads nowhere. */
  readonly routesOf: (key: {
    readonly path: string;
    readonly query: string;
    readonly header: InboundRequest["header"];
  }) => readonly Route[] | undefined;
}

const served =
  "Served: `POST /v1/chat/completions`, `POST /v1/responses`, `POST /v1/messages` and `/count_tokens`, `POST /v1/embeddings`, `POST /v1/feedback`, `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`, `GET /v1/models`, and every endpoint of a provider below `/p/{provider}/`.";

/** Door 0, first half: the head, which is canonical from here on. */
export function receive(inbound: InboundRequest, trail: Trail<unknown>, readers: HeadReaders): Received {
  const { host } = readers.checkHead(inbound.rawHeaders, inbound.httpVersion);
  const { path, query } = readers.canonicalTarget({ method: inbound.method, target: inbound.target, host });
  const routes = readers.routesOf({ path, query, header: inbound.header });
  if (routes === undefined) {
    throw new GatewayError("route_not_found", `no route for ${path}`, {
      message: `There is no route \`${path}\`. ${served}`,
    });
  }
  const route = routes.find(({ method }) => method === "*" || method === inbound.method);
  if (route === undefined) {
    const allowed = routes.map((candidate) => candidate.method).join(", ");
    throw new GatewayError("method_not_allowed", `${inbound.method} ${path}`, {
      message: `\`${path}\` answers ${allowed} only.`,
    });
  }
  const received: Received = {
    id: trail.id,
    at: trail.at,
    method: inbound.method,
    path,
    query,
    route,
    presented: readers.presentedKeys(inbound.header, query),
  };
  trail.received = received;
  return received;
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
