import * as z from "zod";
import { count } from "./quantities.ts";

export const configProblem = z.strictObject({
  message: z.string(),
  line: z.int().nullable(),
  column: z.int().nullable(),
  path: z.string().nullable(),
});
export const configChange = z.strictObject({
  path: z.string().describe("As in the file: `providers.openai.key`."),
  kind: z.enum(["added", "removed", "changed"]),
  before: z.string().nullable().describe("Printed; secrets are shown as `***`."),
  after: z.string().nullable().describe("Printed; secrets are shown as `***`."),
  needsRestart: z.boolean(),
});
export const configPlan = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("valid"),
    changes: z.array(configChange),
    waiting: z
      .array(configChange)
      .describe("What the file as it is now has asked for already, and waits for a restart."),
  }),
  z.strictObject({ kind: z.literal("invalid"), problems: z.array(configProblem) }),
]);
export const configState = z.strictObject({
  generation: count,
  file: z.string().nullable(),
  running: z
    .unknown()
    .describe("The running configuration with defaults filled in; secrets are shown as `***`."),
  problems: z.array(configProblem).describe("Why the newest file was not taken; the last good one goes on."),
  waiting: z
    .array(configChange)
    .describe("What the file asks for and the process cannot take before it is started again."),
});
export const configText = z.strictObject({ text: z.string().describe("A whole configuration file.") });
