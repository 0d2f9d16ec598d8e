import { scanObject, valueText } from "../../framing/json-scan.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { type Json, printJson, RawJson } from "../../kernel/json.ts";
import { isJsonType } from "./accept.ts";
import { type GraphqlParams, readParams, refuseBody } from "./params.ts";
import { parseStrictJson } from "./strict-json.ts";

/** A request as the listener gives it. */
export interface GraphqlHttpRequest {
  readonly method: string;
  /** Without the question mark. */
  readonly query: string;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

export interface GraphqlRequestSettings {
  /** How many requests one body may hold; 0: it must not be an array. */
  readonly batchMax: number;
  readonly variablesBytesMax: number;
}

export const graphqlRequestSettings: GraphqlRequestSettings = { batchMax: 0, variablesBytesMax: 64 * 1024 };

/** `isBatch`: the answer is an array too, of the same order. */
export interface GraphqlRequest {
  readonly isBatch: boolean;
  readonly items: readonly GraphqlParams[];
}

/**
 * Reads a GET or POST as GraphQL over HTTP.
 *
 * @throws GatewayError `method_not_allowed` (`Allow: GET, POST`), `unsupported_media_type`, `malformed_request`.
 *
 * Source: GraphQL over HTTP, "Request".
 */
export function readGraphqlRequest(
  request: GraphqlHttpRequest,
  settings: GraphqlRequestSettings,
): GraphqlRequest {
  if (request.method === "GET") return { isBatch: false, items: [readQuery(request.query, settings)] };
  if (request.method !== "POST") {
    throw new GatewayError("method_not_allowed", `${request.method} on a GraphQL route`, {
      message: "This route answers GET, POST only.",
    });
  }
  if (!isJsonType(request.contentType)) {
    throw new GatewayError(
      "unsupported_media_type",
      `${request.contentType ?? "no type"} on a GraphQL route`,
      {
        message: "GraphQL requests are sent as `application/json` in UTF-8.",
      },
    );
  }
  const body = readJson(textOf(request.body), "the body");
  if (Array.isArray(body)) return readBatch(body, settings);
  const { variablesBytesMax } = settings;
  return {
    isBatch: false,
    items: [readParams(body, { variablesBytesMax, variablesText: rawVariables(request.body) })],
  };
}

/** A mutation is never done by GET. @throws GatewayError `method_not_allowed` (`Allow: POST`). */
export function refuseByGet(method: string, operation: "query" | "mutation" | "subscription"): void {
  if (method !== "GET" || operation !== "mutation") return;
  throw new GatewayError("method_not_allowed", "a mutation by GET", {
    message: "For mutations this route answers POST only.",
  });
}

/**
 * A browser sends cookies along with requests of other sites, as long as those are simple. One that carries our header
 * was asked for before.
 *
 * @throws GatewayError `policy_denied`
 */
export function refuseForgeable(head: {
  readonly method: string;
  readonly contentType: string | undefined;
  readonly hasCookie: boolean;
  /** `x-sallyport-csrf` */
  readonly csrf: string | undefined;
}): void {
  if (!head.hasCookie || head.csrf === "1") return;
  if (head.method !== "GET" && isJsonType(head.contentType)) return;
  throw new GatewayError("policy_denied", "a cookie on a simple request", {
    message: "With a cookie this request needs the header `x-sallyport-csrf: 1`.",
  });
}

/** The body that asks an upstream for a document, with the client's own variables. */
export function writeGraphqlRequest(params: GraphqlParams, query: string): string {
  return printJson({
    query,
    operationName: params.operationName,
    variables: params.variablesText === undefined ? params.variables : new RawJson(params.variablesText),
    extensions: params.extensions,
  });
}

function readBatch(
  items: readonly Json[],
  { batchMax, variablesBytesMax }: GraphqlRequestSettings,
): GraphqlRequest {
  if (batchMax === 0) refuseBody("several requests in one body are not taken");
  if (items.length === 0 || items.length > batchMax) {
    refuseBody(`a body may hold 1 to ${batchMax} requests, and this one has ${items.length}`);
  }
  return { isBatch: true, items: items.map((item) => readParams(item, { variablesBytesMax })) };
}

function readQuery(query: string, { variablesBytesMax }: GraphqlRequestSettings): GraphqlParams {
  const given = new Map<string, string>();
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    if (given.has(name)) refuseBody(`\`${name.slice(0, 64)}\` is given twice`);
    given.set(name, equals < 0 ? "" : decoded(pair.slice(equals + 1)));
  }
  const variablesText = given.get("variables") || undefined;
  const extensionsText = given.get("extensions") || undefined;
  const members = {
    query: given.get("query") ?? null,
    documentId: given.get("documentId") ?? null,
    operationName: given.get("operationName") ?? null,
    variables: variablesText === undefined ? null : readJson(variablesText, "`variables`"),
    extensions: extensionsText === undefined ? null : readJson(extensionsText, "`extensions`"),
  };
  return readParams(members, { variablesBytesMax, variablesText });
}

/** Source: WHATWG URL, "application/x-www-form-urlencoded parsing", but what cannot be decoded is refused. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return refuseBody("the query of its URL is not encoded rightly");
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch {
    return refuseBody("the body is not UTF-8");
  }
}

function readJson(text: string, what: string): Json {
  const read = parseStrictJson(text);
  return read.kind === "value" ? read.value : refuseBody(`${what} is not taken: ${read.fault}`);
}

function rawVariables(body: Uint8Array): string | undefined {
  const scan = scanObject(body);
  if (scan.kind === "invalid") return undefined;
  const member = scan.members.find(({ name }) => name === "variables");
  return member === undefined ? undefined : valueText(body, member);
}
