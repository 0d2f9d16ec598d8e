import type * as z from "zod";
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

/** What a caller must hold. `public` is the one exception, and is written out wherever it is meant. */
export type Permission = "public" | `${(typeof permissionResources)[number]}:${"read" | "write"}`;

/** One row of the admin API. */
export interface AdminRoute {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `{id}` stands for one segment, or for what comes before a `:word` at its end. */
  readonly path: `/${string}`;
  readonly permission: Permission;
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
