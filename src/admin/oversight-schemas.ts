import * as z from "zod";
import { count, epochMs } from "./quantities.ts";

const spent = z.number().min(0).describe("US dollars, of the current day (UTC).");
const unseen = count.optional();

/** What reading some answers of a pool has shown. */
export const oversight = z.strictObject({
  guard: z
    .strictObject({
      phase: z
        .enum(["active", "guarded"])
        .describe("`guarded`: the pool was found to be worse than it may be, and its reference serves."),
      since: epochMs,
      pairs: count.describe("Answers that were held against the reference's since the comparison began."),
      begun_at: epochMs,
      difference: z
        .number()
        .describe("By how much the pool's answers were better than its reference's, on average: -1 to 1."),
      upper: z
        .number()
        .describe("They are not better than this, with 99 % confidence however often one looks."),
      tolerance: z
        .number()
        .nullable()
        .describe("Below minus this the reference serves; `null`: nothing is compared."),
      spent,
    })
    .describe("Answers held against those of the reference."),
  judge: z.strictObject({
    graded: count.describe("Answers that were given a grade."),
    mean_grade: z.number().min(0).max(1).nullable().describe("`null`: none was given."),
    spent,
  }),
  unseen: z
    .strictObject({
      money: unseen.describe("The day's money was used up."),
      unpriced: unseen.describe(
        "Nobody knows what the reference or the judge charges: give it a price, 0 if it is free.",
      ),
      busy: unseen.describe("Too many were being read."),
      family: unseen.describe("The judge is of the family of the model."),
      "no-verdict": unseen.describe("Nobody could say how good it was."),
      "out-of-reach": unseen.describe("The reference or the judge could not be asked."),
    })
    .describe("Answers that were drawn to be read, and were not, since the process began."),
});
