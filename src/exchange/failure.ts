import type { ErrorCode } from "../kernel/errors.ts";

/** What an upstream's refusal or breakdown means, read from its status, code and message together. */
export interface UpstreamFailure {
  readonly code: ErrorCode;
  /** The upstream's HTTP status; that of the catalogue for an error inside a stream without one. */
  readonly status: number;
  /** The upstream's own words. Public only for codes whose owner is the client: others may quote keys or organisations. */
  readonly message: string;
  readonly param?: string;
  /** The upstream's machine-readable code. */
  readonly upstreamCode?: string;
  readonly retryAfterMs?: number;
  /** It must not be asked again for this call. */
  readonly isFinal?: boolean;
  /** Of our own refusals for want of room: what ended the wait. */
  readonly shed?: string;
}
