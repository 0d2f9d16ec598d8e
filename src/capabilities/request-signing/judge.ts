import type { ReceivedSignature } from "../../framing/signature-fields.ts";
import type { EpochMs } from "../../kernel/units.ts";
import { type Refused, refused } from "./reason.ts";

/** What a signature has to say and to cover. Made of the section `signing`. */
export interface SigningRules {
  readonly nonce: "required" | "optional";
  /** How old a signature may be, in seconds. */
  readonly ageSeconds: number;
  /** How far ahead of ours the signer's clock may be, in seconds. */
  readonly skewSeconds: number;
  /** What signatures that are meant for the gateway are marked with; absent: any. */
  readonly tag?: string;
  /** Components that have to be covered besides those that always do: as `RFC 9421` writes them, `"x-tenant"`. */
  readonly components: readonly string[];
}

/** How long a nonce is remembered: as long as any signature that has it could be good, by any clock that is taken. */
export const rememberedSeconds = ({ ageSeconds, skewSeconds }: SigningRules): number =>
  ageSeconds + 2 * skewSeconds;

const nonceForm = /^[\x21-\x7e]{22,256}$/;

/** Whether a signature is of now. `at`: when it was made, Unix seconds. Both borders are within. */
export function judgeTime(at: number, now: EpochMs, rules: SigningRules): Refused | undefined {
  const age = now / 1000 - at;
  if (age > rules.ageSeconds) return refused("stale", `made ${Math.round(age)} s ago`);
  return -age > rules.skewSeconds ? refused("future", `made ${Math.round(-age)} s from now`) : undefined;
}

/** What is wrong with what a signature says of itself; the key and the algorithm are not looked at. */
export function judgeParameters(
  { created, expires, nonce }: ReceivedSignature,
  now: EpochMs,
  rules: SigningRules,
): Refused | undefined {
  if (created === undefined) return refused("malformed", "no `created`");
  if (nonce === undefined && rules.nonce === "required") return refused("malformed", "no `nonce`");
  if (nonce !== undefined && !nonceForm.test(nonce))
    return refused("malformed", "the nonce has not 22 to 256 characters");
  const fault = judgeTime(created, now, rules);
  if (fault !== undefined) return fault;
  return expires !== undefined && expires * 1000 <= now
    ? refused("expired", "`expires` has passed")
    : undefined;
}

/** What a request holds that has to be covered if it is there. */
export interface Holds {
  readonly contentType: boolean;
  readonly body: boolean;
}

/**
 * What of a request is not covered that has to be; `covered`: the components as they are written in the input.
 *
 * Source: security specification, part 2: `@method`, `@authority`, `@path`, `@query` (or `@target-uri` for these three),
 * `content-type` if present, `content-digest` if there is a body.
 */
export function judgeCoverage(
  covered: ReadonlySet<string>,
  { contentType, body }: Holds,
  rules: SigningRules,
): Refused | undefined {
  const target = covered.has('"@target-uri"') ? [] : ['"@authority"', '"@path"', '"@query"'];
  const needed = [
    '"@method"',
    ...target,
    ...(contentType ? ['"content-type"'] : []),
    ...(body ? ['"content-digest"'] : []),
    ...rules.components,
  ];
  const lacking = needed.filter((component) => !covered.has(component));
  return lacking.length === 0 ? undefined : refused("missing_component", `${lacking.join(" ")} not covered`);
}
