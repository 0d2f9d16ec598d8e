import * as z from "zod";
import { Secret } from "../kernel/secret.ts";

/** Text that must come from the environment or a file. `writeOnly` marks it in the JSON Schema; `parse` looks for the mark. */
export const secret = (pattern: RegExp, rule: string) =>
  z
    .string()
    .min(1)
    .max(65_536)
    .regex(pattern, rule)
    .transform((text) => new Secret(text))
    .meta({ writeOnly: true });

/** The name of a header, in any case. */
export const headerName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "must be the name of an HTTP header");

/** Headers that go with each request to an upstream. */
export const ownHeaders = z
  .record(headerName, secret(/^[\t\x20-\x7e]*$/, "must be one line of ASCII text"))
  .default({})
  .describe(
    "Sent with each request. Values are never shown; those of credentials must be references like `key`.",
  );

/** What something is called in the file, in URLs of the admin API and in records. */
export const ownName = z
  .string()
  .max(100)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    "must be a name of letters, digits and `. _ -` that begins with a letter or a digit",
  );

export const regionName = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, "must be a region's name, like `eu-central-1`");
