import * as z from "zod";
import { epochMs } from "./quantities.ts";

/** Client keys, as they are shown and as they are wished for. */
export const shownKey = z.strictObject({
  id: z.string(),
  name: z.string(),
  hint: z.string().describe("The key's last four characters."),
  models: z.array(z.string()).describe("Globs of model names this key may use; empty: all."),
  residency: z.array(z.string()).describe("Zones one of which its requests must stay in; empty: anywhere."),
  createdAt: epochMs,
  revokedAt: epochMs.nullable(),
});
export const keyList = z.strictObject({ keys: z.array(shownKey) });
export const createdKey = z.strictObject({
  key: z.string().describe("The key itself. It is shown this once and kept nowhere."),
  entry: shownKey,
});
export const wantedKey = z.strictObject({
  name: z.string().trim().min(1).max(100),
  models: z
    .array(z.string().min(1).max(200))
    .max(100)
    .default([])
    .describe("Globs of model names this key may use; empty: all."),
  residency: z
    .array(z.string().regex(/^[a-z0-9-]{1,40}$/))
    .max(50)
    .default([])
    .describe(
      "Zones one of which its requests must stay in: countries (`de`), `eu`, `eea`, or regions; empty: anywhere.",
    ),
});
