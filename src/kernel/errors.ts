import { type ErrorCode, type ErrorKind, errorCatalog } from "./error-catalog.ts";
import type { ErrorFacts } from "./error-facts.ts";

export { type ErrorCode, type ErrorKind, errorCatalog } from "./error-catalog.ts";

/** The only error the gateway throws on purpose. Everything else it catches becomes `internal`. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: ErrorCode;
  /** For the log, never for the caller. */
  readonly detail: string;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, detail: string, facts: ErrorFacts = {}) {
    super(`${code}: ${detail}`, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.detail = detail;
    this.facts = facts;
  }

  get kind(): ErrorKind {
    return errorCatalog[this.code];
  }

  /** The HTTP status a client sees. */
  get status(): number {
    return this.facts.status ?? this.kind.status;
  }

  /** The text a client sees. */
  get publicMessage(): string {
    return this.facts.message ?? this.kind.title;
  }

  /** The single funnel: whatever was thrown, as one of ours. */
  static from(thrown: unknown): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    return new GatewayError("internal", String(thrown), { cause: thrown });
  }
}
