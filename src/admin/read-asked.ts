import * as z from "zod";
import { GatewayError } from "../kernel/errors.ts";
import { parseJson } from "../kernel/json.ts";
import type { InboundRequest } from "../ports/server.ts";

const bodyBytesMax = 1024 * 1024;
const text = new TextDecoder("utf-8", { fatal: true });

/** The query as an object. @throws GatewayError `malformed_request` for a doubled name and for what `schema` refuses. */
export function readQuery<Schema extends z.ZodType>(query: string, schema: Schema): z.output<Schema> {
  const values: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (Object.hasOwn(values, name)) throw malformed(`\`${name}\` comes twice in the query`, name);
    values[name] = value;
  }
  return checked(values, schema);
}

/** The body as JSON, at most 1 MiB. @throws GatewayError `unsupported_media_type`, `malformed_request`, `request_too_large`. */
export async function readBody<Schema extends z.ZodType>(
  request: InboundRequest,
  schema: Schema,
): Promise<z.output<Schema>> {
  const mediaType = (request.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    throw new GatewayError("unsupported_media_type", `content-type ${mediaType}`, {
      message: "The body must be JSON: send `content-type: application/json`.",
    });
  }
  const value = parseJson(decode(await request.readBody(bodyBytesMax)));
  if (value === undefined) throw malformed("the body is not JSON");
  return checked(value, schema);
}

function decode(bytes: Uint8Array): string {
  try {
    return text.decode(bytes);
  } catch {
    throw malformed("the body is not UTF-8");
  }
}

function checked<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw malformed("it does not fit the schema");
  const param =
    issue.code === "unrecognized_keys"
      ? printPath([...issue.path, ...issue.keys.slice(0, 1)])
      : printPath(issue.path);
  throw malformed(param === "" ? issue.message : `\`${param}\`: ${issue.message}`, param);
}

/** `["models", 0]` as `models[0]`. */
function printPath(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}

function malformed(what: string, param = ""): GatewayError {
  const message = `The request cannot be read: ${what}.`;
  return new GatewayError("malformed_request", what, param === "" ? { message } : { message, param });
}
