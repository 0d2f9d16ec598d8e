import type { JsonObject } from "../../src/kernel/json.ts";
import { ContextTooLong } from "../answers/compose.ts";
import type { ErrorAnswer } from "../dialect.ts";
import type { Refusal, RefusalKind } from "../refusal.ts";
import { printWide } from "./print.ts";
import { formOf } from "./target.ts";

const statuses: Readonly<Record<RefusalKind, number>> = {
  invalid: 400,
  // A wrong key is an invalid argument; only a missing one is a matter of permission.
  unauthenticated: 400,
  permission: 403,
  "model-not-found": 404,
  "unfit-model": 404,
  "not-found": 404,
  method: 405,
  "too-large": 400,
  "context-length": 400,
  "content-policy": 400,
  "rate-limit": 429,
  overloaded: 503,
  server: 500,
};

/** Source: google/rpc/code.proto, the HTTP mapping of each code. */
const names: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
  529: "UNAVAILABLE",
};

/** A refusal as Google prints it; where an array was to come, the error is its only element. */
export function writeError(refusal: Refusal, { url }: { readonly url: URL }): ErrorAnswer {
  const { kind, facts } = refusal;
  const code = facts.status ?? (facts.isKeyMissing ? 403 : statuses[kind]);
  const status = names[code] ?? (code >= 500 ? "INTERNAL" : "INVALID_ARGUMENT");
  const details = detailsOf(refusal, code);
  const error = {
    code,
    message: sentenceFor(refusal),
    status,
    ...(details.length > 0 ? { details } : {}),
  };
  const body = printWide({ error });
  return { status: code, body: formOf(url) === "array" ? `[${body}\n]\n` : `${body}\n` };
}

function detailsOf({ kind, facts }: Refusal, code: number): readonly JsonObject[] {
  if (facts.details) return facts.details.flatMap((detail) => (isDetail(detail) ? [detail] : []));
  if (code === 429) return [...quotaDetails, ...retryDetails(facts.retryAfterSeconds)];
  if (kind !== "unauthenticated" || code !== 400) return [];
  return [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "API_KEY_INVALID",
      domain: "googleapis.com",
      metadata: { service: "generativelanguage.googleapis.com" },
    },
  ];
}

const isDetail = (value: unknown): value is JsonObject => typeof value === "object" && value !== null;

const quotaDetails = [
  {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    violations: [{ quotaId: "GenerateRequestsPerMinutePerProjectPerModel" }],
  },
] as const;

const retryDetails = (seconds: number | undefined): readonly JsonObject[] =>
  seconds === undefined
    ? []
    : [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${seconds}s` }];

function sentenceFor(refusal: Refusal): string {
  const { kind, facts } = refusal;
  if (kind === "model-not-found" || kind === "unfit-model")
    return `models/${facts.param ?? ""} is not found for API version v1beta, or is not supported for this method. Call ListModels to see the list of available models and their supported methods.`;
  if (kind === "unauthenticated" && facts.status === undefined)
    return facts.isKeyMissing
      ? "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API."
      : "API key not valid. Please pass a valid API key.";
  if (!(refusal instanceof ContextTooLong)) return refusal.message;
  const { limit, input } = refusal.sizes;
  return `The input token count (${input}) exceeds the maximum number of tokens allowed (${limit}).`;
}
