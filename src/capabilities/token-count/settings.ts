import * as z from "zod";

/** What may be set of token estimates: nothing yet; the numbers are learned. */
export const tokenCountSettings = z.strictObject({});
