import { GatewayError } from "../../kernel/errors.ts";
import { isJsonObject, type Printable, parseJson, printJson, RawJson } from "../../kernel/json.ts";
import type { GraphqlFault } from "../../ports/graphql.ts";
import type { GraphqlMediaType } from "./accept.ts";
import { poisonIn } from "./strict-json.ts";

/** One GraphQL response as text, and the HTTP status that it has by itself. */
export interface GraphqlAnswer {
  readonly status: number;
  readonly body: string;
}

/** One GraphQL response as text, looked at once. */
export interface GraphqlResponse {
  readonly text: string;
  /** Whether execution began. */
  readonly hasData: boolean;
  readonly hasErrors: boolean;
}

export const contentTypeOf = (media: GraphqlMediaType): string => `${media}; charset=utf-8`;

/** Apollo's words where there are some: its clients act on them. */
const faultCodes = {
  limit: "MALFORMED_REQUEST",
  syntax: "GRAPHQL_PARSE_FAILED",
  validation: "GRAPHQL_VALIDATION_FAILED",
  operation: "OPERATION_RESOLUTION_FAILURE",
  variables: "BAD_USER_INPUT",
} as const satisfies Record<GraphqlFault["kind"], string>;

/** A refusal of the gateway keeps the status of its catalogue, whatever the media type. */
export function encodeRefusal(error: GatewayError, requestId: string): GraphqlAnswer {
  return refusal(error.status, error.publicMessage, { code: error.code.toUpperCase(), requestId });
}

/** What Apollo's clients wait for before they send the text: message and code are theirs. */
export const encodeUnknownDocument = (requestId: string): GraphqlAnswer =>
  refusal(404, "PersistedQueryNotFound", { code: "PERSISTED_QUERY_NOT_FOUND", requestId });

const refusal = (status: number, message: string, extensions: Printable): GraphqlAnswer => ({
  status,
  body: printJson({ errors: [{ message, extensions }] }),
});

/**
 * What is wrong with a document or its variables. A limit of the gateway is 400 in any media type; what the GraphQL
 * specification finds before execution is 400, but 200 in `application/json`, where clients take other statuses for faults
 * of the network.
 *
 * Source: GraphQL over HTTP, "Response".
 */
export function encodeFaults(
  faults: readonly GraphqlFault[],
  media: GraphqlMediaType,
  requestId: string,
): GraphqlAnswer {
  const isRefusal = faults.some(({ kind }) => kind === "limit");
  const errors = faults.map(({ kind, rule, message, locations }) => ({
    message,
    ...(locations.length === 0 ? {} : { locations: locations.map(({ line, column }) => ({ line, column })) }),
    extensions: { code: faultCodes[kind], rule, requestId },
  }));
  return { status: isRefusal ? 400 : requestErrorStatus(media), body: printJson({ errors }) };
}

const requestErrorStatus = (media: GraphqlMediaType): number => (media === "application/json" ? 200 : 400);

/**
 * The answer of an upstream to one operation: the same text, if it can be trusted to be one.
 *
 * @throws GatewayError `upstream_malformed_response` when it is no GraphQL response, or would poison objects.
 */
export function readResponse(text: string): GraphqlResponse {
  const result = parseJson(text);
  if (!isJsonObject(result)) throw malformed("it is no JSON object");
  const poison = poisonIn(text);
  if (poison !== undefined) throw malformed(`it has a member \`${poison}\``);
  const hasData = Object.hasOwn(result, "data");
  const hasErrors = Object.hasOwn(result, "errors") && Array.isArray(result["errors"]);
  if (!hasData && !hasErrors) {
    throw malformed("it has neither `data` nor `errors`");
  }
  return { text, hasData, hasErrors };
}

/** 200 whenever execution began. */
export const encodeResult = ({ text, hasData }: GraphqlResponse, media: GraphqlMediaType): GraphqlAnswer => ({
  status: hasData ? 200 : requestErrorStatus(media),
  body: text,
});

const malformed = (problem: string): GatewayError =>
  new GatewayError("upstream_malformed_response", `a GraphQL answer: ${problem}`);

/** Answers to a batch, in its order: one array, and 200, since each tells its own errors. */
export const encodeBatch = (answers: readonly GraphqlAnswer[]): GraphqlAnswer => ({
  status: 200,
  body: printJson(answers.map(({ body }) => new RawJson(body))),
});
