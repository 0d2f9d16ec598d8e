import type * as z from "zod";
import type { AuditType } from "../gateway/control.ts";
import type { ComponentName } from "./schemas.ts";

/** What the admin API is about. */
export const permissionResources = [
  "stats",
  "upstreams",
  "models",
  "requests",
  "keys",
  "config",
  "session",
  "openapi",
  "metrics",
  "breakers",
  "routing",
  "policies",
  "guardrails",
  "limits",
  "budgets",
  "tenants",
  "operators",
  "audit",
] as const;

type Right<Does extends "read" | "write"> = `${(typeof permissionResources)[number]}:${Does}`;

/** What a caller must hold. `public` is the one exception, and is written out wherever it is meant. */
export type Permission = "public" | Right<"read" | "write">;

/** One row of the admin API. What changes something says as what that is on record. */
export type AdminRoute = Row &
  (
    | { readonly permission: "public" | Right<"read">; readonly audit?: never }
    | { readonly permission: Right<"write">; readonly audit: AuditType }
  );

interface Row {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `{id}` stands for one segment, or for what comes before a `:word` at its end. */
  readonly path: `/${string}`;
  /**
   * `tenant`: its answer holds what its caller may reach and nothing else, so that who is bound to a tenant may ask it.
   * Absent: it is about the whole gateway, and they may not.
   */
  readonly reach?: "tenant";
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: ComponentName;
  /** What `data` of the answer is; `document` is the OpenAPI document itself, without the envelope. */
  readonly answer: ComponentName | "document";
  /** The status of success; 200 when absent. */
  readonly status?: 201;
}
