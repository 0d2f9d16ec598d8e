import { GatewayError } from "../../kernel/errors.ts";
import { isJsonObject, type JsonObject, parseJson, printJson } from "../../kernel/json.ts";
import { type EpochMs, type Milliseconds, seconds } from "../../kernel/units.ts";

/** What a caller of `POST /v1/realtime/client_secrets` asks for. */
export interface SecretRequest {
  readonly ttl: Milliseconds;
  readonly model?: string;
  /** The session that the secret opens, as it came. */
  readonly session: JsonObject;
}

const ttlSeconds = { min: 10, max: 7200, usual: 600 } as const;

/**
 * Reads the body; an empty one asks for a secret of ten minutes for any session.
 *
 * @throws GatewayError `malformed_request`.
 * Source: the `openai` package, resources/realtime/client-secrets.
 */
export function readSecretRequest(text: string): SecretRequest {
  const body = text.trim() === "" ? {} : parseJson(text);
  if (!isJsonObject(body)) throw malformed("body", "is no JSON object");
  const { expires_after: expiry = {}, session = {} } = body;
  if (!isJsonObject(session)) throw malformed("session", "is no object");
  if (!isJsonObject(expiry)) throw malformed("expires_after", "is no object");
  const { anchor = "created_at", seconds: span = ttlSeconds.usual } = expiry;
  if (anchor !== "created_at") throw malformed("expires_after.anchor", "is not `created_at`");
  if (typeof span !== "number" || !Number.isInteger(span) || span < ttlSeconds.min || span > ttlSeconds.max)
    throw malformed(
      "expires_after.seconds",
      `is no whole number from ${ttlSeconds.min} to ${ttlSeconds.max}`,
    );
  const { model } = session;
  if (model !== undefined && typeof model !== "string") throw malformed("session.model", "is no text");
  return { ttl: seconds(span), session, ...(model !== undefined && { model }) };
}

/** The answer: the secret, when it ends, and the session that it opens. */
export function printSecret(secret: {
  readonly value: string;
  readonly expiresAt: EpochMs;
  /** `sess_…`. */
  readonly sessionId: string;
  readonly session: JsonObject;
}): string {
  const expiresAt = Math.floor(secret.expiresAt / 1000);
  return printJson({
    value: secret.value,
    expires_at: expiresAt,
    session: {
      type: "realtime",
      ...secret.session,
      id: secret.sessionId,
      object: "realtime.session",
      expires_at: expiresAt,
    },
  });
}

function malformed(param: string, what: string): GatewayError {
  return new GatewayError("malformed_request", `${param} ${what}`, { message: `${param} ${what}.`, param });
}
