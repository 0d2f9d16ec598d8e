import * as z from "zod";

const share = z.number().min(0);

/** How much a gateway lets in, and why not more. */
export const overloadState = z.strictObject({
  level: z
    .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)])
    .describe("How far the process is from what it can take: 0 well, 1 to 3 under pressure."),
  admittedShare: share
    .max(1)
    .describe("Of the work that came in the last window, how much would be let in now."),
  from: z
    .enum(["interactive", "batch", "shadow", "chaos"])
    .nullable()
    .describe("The class from which on not all are let in; those after it not at all. `null`: all are."),
  fairCost: share
    .nullable()
    .describe(
      "What one share of that class may have in a window, in thousands of tokens of work (a prompt's count a fiftieth). `null`: all are let in.",
    ),
  readings: z
    .strictObject({
      loopMsMean: share.describe("How late the event loop runs on average, ms."),
      loopMsP99: share.describe("How late it runs one time in a hundred, ms."),
      heapShare: share.describe("Of the heap that the process may have."),
      rssShare: share.describe(
        "Of the memory that the system grants it, what is in use; 0: as much as there is.",
      ),
    })
    .describe("What the level is read from, of the last tenth of a second."),
});
