import * as z from "zod";
import { type ErrorCode, errorCatalog } from "../kernel/errors.ts";

/** A point in time. */
export const epochMs = z.int().describe("Milliseconds since 1970-01-01T00:00:00Z.");
/** A span of time, with fractions. */
export const spanMs = z.number().min(0).describe("Milliseconds.");
/** How long something takes. */
export const latency = z
  .strictObject({ p50: spanMs, p99: spanMs })
  .describe("Milliseconds, at most 6 % off.");
/** A whole number of things. */
export const count = z.int().min(0);
/** A sum of money. */
export const nanoUsd = z.int().describe("10^-9 US dollars.");
/** A price that may be unknown. */
export const knownNanoUsd = nanoUsd
  .nullable()
  .describe("10^-9 US dollars; `null` when the price is not known, never 0.");

const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(errorCatalog, text);
/** A code of the closed catalogue. */
export const errorCode = z
  .enum(Object.keys(errorCatalog).filter(isErrorCode))
  .describe("A code of docs/errors.md.");
