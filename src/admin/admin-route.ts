import type * as z from "zod";
import type { ComponentName } from "./schemas.ts";

/** What a caller must hold. `public` is the one exception, and is written out wherever it is meant. */
export type Permission =
  | "public"
  | `${"stats" | "upstreams" | "models" | "requests" | "keys" | "config" | "session" | "openapi" | "metrics" | "audit"}:read`
  | `${"breakers" | "routing" | "models" | "keys" | "config" | "session" | "audit"}:write`;

/** One row of the admin API. */
export interface AdminRoute {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `{id}` stands for one segment, or for what comes before a `:word` at its end. */
  readonly path: `/${string}`;
  readonly permission: Permission;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: ComponentName;
  /** What `data` of the answer is; `document` is the OpenAPI document itself, without the envelope. */
  readonly answer: ComponentName | "document";
  /** The status of success; 200 when absent. */
  readonly status?: 201;
}
