import * as z from "zod";
import { adminRoles } from "../exchange/operator.ts";
import { epochMs } from "./quantities.ts";

const role = z.enum(adminRoles).describe("What they may do: see the table of roles in the security guide.");
const bound = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/);
const tenant = bound.describe(
  "They see and change what is of this tenant, and nothing else; absent: everything.",
);
const project = bound.describe("Of that tenant; absent: all of it.");

/** Somebody who uses the admin API, as they are shown. */
export const shownOperator = z.strictObject({
  id: z.string(),
  name: z.string(),
  role,
  tenant: z.string().optional(),
  project: z.string().optional(),
  hasPassword: z.boolean(),
  tokenHint: z
    .string()
    .nullable()
    .describe("The last four characters of their token; `null`: they have none."),
  isDisabled: z.boolean(),
  createdAt: epochMs,
  createdBy: z.string().describe("The id of who made them."),
  expiresAt: epochMs.nullable(),
});
export const operatorList = z.strictObject({ operators: z.array(shownOperator) });
export const wantedOperator = z
  .strictObject({
    name: z.string().trim().min(1).max(100).describe("By which they sign in; nobody else has it."),
    role,
    tenant: z.exactOptional(tenant),
    project: z.exactOptional(project),
    password: z.exactOptional(z.string().min(12).max(1000)),
    expiresAt: epochMs.nullable().default(null),
    isDisabled: z.boolean().default(false),
  })
  .refine(({ tenant: of, project: within }) => within === undefined || of !== undefined, {
    path: ["tenant"],
    message: "a project needs its tenant",
  })
  .refine(({ role: as, project: within }) => as !== "developer" || within !== undefined, {
    path: ["project"],
    message: "a developer is of one project",
  });
export const createdToken = z.strictObject({
  token: z.string().describe("The token itself. It is shown this once and kept nowhere."),
  operator: shownOperator,
});
export const removedOperator = z.strictObject({ isRemoved: z.literal(true) });
