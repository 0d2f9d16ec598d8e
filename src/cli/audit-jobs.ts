import type { AuditWriter } from "../capabilities/audit/index.ts";
import type { ErrorCode } from "../kernel/errors.ts";
import type { HashLevel } from "../ports/audit-store.ts";

/** What the audit thread is begun with. */
export interface AuditThreadStart {
  readonly directory: string;
  /** Records in a segment. */
  readonly segmentSize: number;
  /** Who signs, as `printVerifier` prints it: checkpoints are held against it. The key itself stays where it is. */
  readonly verifier: string;
}

/** What the audit thread is asked. */
export type AuditJob = { readonly id: number } & AuditTask;
export type AuditTask =
  /** As JSON: one text costs whoever sends it less than a thousand objects do. */
  | { readonly kind: "write"; readonly entries: string }
  | { readonly kind: "head" | "notes" | "close" }
  | { readonly kind: "note"; readonly note: string }
  | { readonly kind: "lines"; readonly from: number; readonly to: number }
  | { readonly kind: "overwrite"; readonly index: number; readonly line: string }
  | { readonly kind: "verifier"; readonly text: string };

/** What it answers; `id` 0: it is at work, or could not begin. */
export interface AuditAnswer {
  readonly id: number;
  readonly state?: AuditThreadState;
  readonly error?: { readonly code: ErrorCode; readonly detail: string; readonly message?: string };
  readonly found?: AuditWriter["found"];
  readonly count?: number;
  readonly root?: Uint8Array;
  readonly text?: string;
  readonly lines?: readonly string[];
}

/** The log as it stood when it answered. */
export interface AuditThreadState {
  readonly size: number;
  readonly bytes: number;
  readonly counts: Readonly<Record<HashLevel, number>>;
}
