import * as z from "zod";
import { scopeLanes } from "../exchange/identity.ts";
import { epochMs } from "./quantities.ts";

/** Client keys and whom they belong to, as they are shown and as they are wished for. */

const shownScope = z
  .strictObject({
    lanes: z
      .array(z.enum(scopeLanes))
      .describe(
        "`ai`: the dialects; `raw`: below `/p/`; `service`: routes to services; `realtime`: sessions.",
      ),
    routes: z.array(z.string()).describe("Globs of the ids of routes."),
    methods: z.array(z.string()).describe("HTTP methods."),
    tools: z.array(z.string()).describe("Globs of the names of tools that a request may bring."),
  })
  .describe("What may be touched; an empty list: everything of its kind.");
const labels = z.record(z.string(), z.string());
const shownGrant = {
  models: z.array(z.string()).describe("Globs of model names; empty: all that is allowed above it."),
  residency: z
    .array(z.string())
    .describe("Zones one of which requests must stay in; empty: anywhere that is allowed above it."),
  scope: shownScope,
  networks: z.array(z.string()).describe("Where it may be used from, as CIDR; empty: from anywhere."),
  expiresAt: epochMs.nullable().describe("`null`: never."),
};
const priority = z.enum(["interactive", "batch"]).nullable();

export const shownKey = z.strictObject({
  id: z.string(),
  name: z.string(),
  tenant: z.string(),
  project: z.string(),
  user: z.string().nullable().describe("The person it was given to."),
  hint: z.string().describe("The key's last four characters."),
  ...shownGrant,
  priority: priority.describe("How urgent its requests may be at most; `null`: as they say."),
  labels,
  previous: z
    .strictObject({ until: epochMs.nullable().describe("`null`: until the next rotation.") })
    .nullable()
    .describe("The key as it was before its last rotation is still valid; `null`: it is not."),
  createdAt: epochMs,
  revokedAt: epochMs.nullable(),
  lastUsedAt: epochMs.nullable().describe("To a minute or so; `null`: never."),
});
export const keyList = z.strictObject({ keys: z.array(shownKey) });
export const createdKey = z.strictObject({
  key: z.string().describe("The key itself. It is shown this once and kept nowhere."),
  entry: shownKey,
});

const globs = z.array(z.string().min(1).max(200)).max(100);
const name = z.string().trim().min(1).max(100);
const ownerId = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/);
const wantedGrant = {
  models: z.exactOptional(globs).describe("Globs of model names this may use; empty: all."),
  residency: z
    .exactOptional(z.array(z.string().regex(/^[a-z0-9-]{1,40}$/)).max(50))
    .describe(
      "Zones one of which its requests must stay in: countries (`de`), `eu`, `eea`, or regions; empty: anywhere.",
    ),
  scope: z
    .exactOptional(
      z.strictObject({
        lanes: z.exactOptional(z.array(z.enum(scopeLanes)).max(100)),
        routes: z.exactOptional(globs),
        methods: z.exactOptional(z.array(z.string().regex(/^[A-Z]{1,20}$/)).max(100)),
        tools: z.exactOptional(globs),
      }),
    )
    .describe("What may be touched; a list that is absent or empty: everything of its kind."),
  networks: z
    .exactOptional(z.array(z.string().min(1).max(50)).max(100))
    .describe("Where it may be used from, as CIDR (`10.0.0.0/8`, `2001:db8::/32`); empty: from anywhere."),
  expiresAt: z.exactOptional(epochMs.nullable()).describe("`null`: never."),
};
const keyAttributes = {
  user: z.exactOptional(z.string().trim().min(1).max(200).nullable()).describe("The person it is given to."),
  ...wantedGrant,
  priority: z
    .exactOptional(priority)
    .describe("How urgent its requests may be at most; `null`: as they say."),
  labels: z.exactOptional(labels),
};
export const wantedKey = z.strictObject({
  name,
  tenant: z.exactOptional(ownerId).describe("Whose it is; absent: `default`."),
  project: z.exactOptional(ownerId).describe("A project of that tenant; absent: `default`."),
  ...keyAttributes,
});
export const keyChanges = z
  .strictObject({ name: z.exactOptional(name), ...keyAttributes })
  .describe("What is absent stays as it is.");
export const wantedRotation = z.strictObject({
  overlapMs: z
    .exactOptional(z.number().int().min(0).max(2_592_000_000))
    .describe("How long the old key is valid beside the new one: at most 30 days; absent: 24 hours."),
});

const tenantFields = {
  id: z.string(),
  name: z.string(),
  ...shownGrant,
  labels,
  isDisabled: z.boolean().describe("None of its keys is valid as long as it is."),
  createdAt: epochMs,
};
export const shownTenant = z.strictObject(tenantFields);
export const tenantList = z.strictObject({ tenants: z.array(shownTenant) });
export const shownProject = z.strictObject({ ...tenantFields, tenant: z.string() });
export const projectList = z.strictObject({ projects: z.array(shownProject) });
const ownerAttributes = {
  name: z.exactOptional(name),
  ...wantedGrant,
  labels: z.exactOptional(labels),
  isDisabled: z.exactOptional(z.boolean()),
};
export const wantedTenant = z.strictObject({ id: ownerId, ...ownerAttributes });
export const wantedProject = z.strictObject({
  id: ownerId,
  tenant: z.exactOptional(ownerId).describe("Whose it is; absent: `default`."),
  ...ownerAttributes,
});
export const ownerChanges = z.strictObject(ownerAttributes).describe("What is absent stays as it is.");
