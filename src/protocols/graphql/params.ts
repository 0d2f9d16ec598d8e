import { GatewayError } from "../../kernel/errors.ts";
import { isJsonObject, type JsonObject } from "../../kernel/json.ts";
import { utf8Length } from "../../kernel/utf8.ts";

/** The parameters of one GraphQL request; what was `null` is absent. */
export interface GraphqlParams {
  readonly query?: string;
  /** `sha256:<hex>`, or an id of the operator's own manifest. */
  readonly documentId?: string;
  readonly operationName?: string;
  readonly variables?: JsonObject;
  readonly extensions?: JsonObject;
  /** The variables as the client wrote them: numbers beyond 2^53 keep their digits on the way to an upstream. */
  readonly variablesText?: string;
}

/** @throws GatewayError `malformed_request` */
export function refuseBody(problem: string, param?: string): never {
  const message = `The GraphQL request cannot be read: ${problem}.`;
  throw new GatewayError("malformed_request", problem, {
    message,
    ...(param === undefined ? {} : { param }),
  });
}

/**
 * The parameters that a JSON object (a body, an item of a batch, the payload of a `subscribe`) holds. Unknown members are
 * ignored.
 *
 * @throws GatewayError `malformed_request` when one has the wrong type, or when there is neither a query nor an id.
 *
 * Source: GraphQL over HTTP, "Request Parameters".
 */
export function readParams(
  body: unknown,
  {
    variablesBytesMax,
    variablesText,
  }: { readonly variablesBytesMax: number; readonly variablesText?: string | undefined },
): GraphqlParams {
  if (!isJsonObject(body)) return refuseBody("an object is expected");
  const query = textMember(body, "query");
  const documentId = textMember(body, "documentId");
  const operationName = textMember(body, "operationName");
  const variables = objectMember(body, "variables");
  const extensions = objectMember(body, "extensions");
  if (query === undefined && documentId === undefined && persistedHash(extensions) === undefined) {
    return refuseBody("`query` is missing", "query");
  }
  if (variables !== undefined) boundVariables(variablesText ?? JSON.stringify(variables), variablesBytesMax);
  return {
    ...(query === undefined ? {} : { query }),
    ...(documentId === undefined ? {} : { documentId }),
    ...(operationName === undefined || operationName === "" ? {} : { operationName }),
    ...(variables === undefined ? {} : { variables }),
    ...(extensions === undefined ? {} : { extensions }),
    ...(variables === undefined || variablesText === undefined ? {} : { variablesText }),
  };
}

/** `extensions.persistedQuery.sha256Hash`: how Apollo's clients name a document. */
export function persistedHash(extensions: JsonObject | undefined): string | undefined {
  const named = extensions?.["persistedQuery"];
  const hash = isJsonObject(named) ? named["sha256Hash"] : undefined;
  return typeof hash === "string" ? hash : undefined;
}

function boundVariables(text: string, bytesMax: number): void {
  if (text.length <= bytesMax && utf8Length(text) <= bytesMax) return;
  refuseBody(`\`variables\` has more than ${bytesMax} bytes`, "variables");
}

function textMember(body: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : refuseBody(`\`${name}\` must be a string`, name);
}

function objectMember(body: JsonObject, name: string): JsonObject | undefined {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (value === undefined || value === null) return undefined;
  return isJsonObject(value) ? value : refuseBody(`\`${name}\` must be an object`, name);
}
