import * as z from "zod";

const at = z.number().describe("ms since 1970.");

export const deniedToken = z.strictObject({
  id: z.string(),
  issuer: z.string(),
  jti: z.string().describe("The id that its issuer gave it."),
  reason: z.string(),
  deniedAt: at,
  until: at.describe("Then the token is over by itself, and the denial with it."),
});
export const deniedTokenList = z.strictObject({ denied: z.array(deniedToken) });
export const wantedDenial = z.strictObject({
  issuer: z.string().min(1).max(2048).describe("`iss` of the token."),
  jti: z.string().min(1).max(500).describe("`jti` of the token."),
  reason: z.string().max(500).optional(),
  until: at
    .optional()
    .describe("`exp` of the token, in ms since 1970; absent: the longest that a token lives."),
});
