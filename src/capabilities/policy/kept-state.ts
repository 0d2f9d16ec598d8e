import * as z from "zod";
import { policySettings } from "./settings.ts";
import type { PolicyVersion } from "./stage.ts";
import type { Violation } from "./violations.ts";

const version = z.object({
  revision: z.int().min(0),
  at: z.number(),
  by: z.string(),
  policies: z.array(policySettings),
});

const fact = z.union([
  z.number(),
  z.string(),
  z.boolean(),
  z.array(z.string()),
  z.record(z.string(), z.array(z.string())),
]);
const violation = z.object({
  id: z.string(),
  at: z.number(),
  policy: z.string(),
  revision: z.number(),
  mode: z.enum(["enforce", "shadow"]),
  phase: z.enum(["request", "target", "response"]),
  subject: z.string(),
  tenant: z.string(),
  route: z.string(),
  requestId: z.string(),
  reason: z.string(),
  facts: z.record(z.string(), fact),
});

/** A stored version; `undefined`: it is none. */
export const readVersion = (stored: unknown): PolicyVersion | undefined => version.safeParse(stored).data;
/** A stored violation; `undefined`: it is none. */
export const readViolation = (stored: unknown): Violation | undefined => violation.safeParse(stored).data;
