import { base62 } from "../kernel/ids.ts";
import { after, type EpochMs, epochMs, minutes } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";

const codeLife = minutes(10);
const sessionLife = minutes(12 * 60);
const openMax = 100;

/** Who may use the admin API: the bearer of the admin token, and the sessions that one-time links have opened. */
export interface Sessions {
  readonly redeem: (code: string) => { readonly token: string; readonly expiresAt: number } | undefined;
  readonly admits: (token: string) => boolean;
  readonly end: (token: string) => void;
}

/** HMAC under the installation's secret. */
type DigestOf = (text: string) => string;

/**
 * A code that opens one session, once, within ten minutes: `<expiry>.<nonce>.<mac>`. It carries its own proof, so that
 * the command line can make one beside a running gateway without asking it.
 */
export function mintLinkCode(parts: {
  readonly digestOf: DigestOf;
  readonly now: EpochMs;
  readonly nonce: Uint8Array;
}): string {
  const claim = `${after(parts.now, codeLife)}.${base62(parts.nonce)}`;
  return `${claim}.${parts.digestOf(linkClaim(claim))}`;
}

const linkClaim = (claim: string): string => `admin-link:${claim}`;

/** Sessions live in memory, at most 100, and end with the process; so do the codes made before it began. */
export function createSessions(parts: {
  readonly clock: Clock;
  readonly random: Random;
  readonly digestOf: DigestOf;
  readonly adminToken: string;
}): Sessions {
  const { clock, random, digestOf } = parts;
  const startedAt = clock.now();
  const used = new Map<string, EpochMs>();
  const sessions = new Map<string, EpochMs>();
  // Digests are compared, not the secrets: where a look-up stops early tells nothing about the secret itself.
  const adminDigest = digestOf(parts.adminToken);
  return {
    redeem: (code) => {
      const [expiry = "", nonce = "", mac = ""] = code.split(".");
      const until = epochMs(Number(expiry));
      const isOurs = digestOf(mac) === digestOf(digestOf(linkClaim(`${expiry}.${nonce}`)));
      const isLive = clock.now() < until && until > after(startedAt, codeLife) - 1;
      if (!isOurs || !isLive || used.has(nonce)) return undefined;
      keep(used, nonce, { until, now: clock.now() });
      const token = `ss-${base62(random.bytes(32))}`;
      const expiresAt = after(clock.now(), sessionLife);
      keep(sessions, digestOf(token), { until: expiresAt, now: clock.now() });
      return { token, expiresAt };
    },
    admits: (token) => {
      const digest = digestOf(token);
      const until = sessions.get(digest);
      return digest === adminDigest || (until !== undefined && clock.now() < until);
    },
    end: (token) => {
      sessions.delete(digestOf(token));
    },
  };
}

/** Keeps an entry until its time; forgets what is over, then the oldest above the bound. */
function keep(
  map: Map<string, EpochMs>,
  key: string,
  { until, now }: { readonly until: EpochMs; readonly now: EpochMs },
): void {
  for (const [other, end] of map) if (end <= now) map.delete(other);
  map.set(key, until);
  const [oldest] = map.keys();
  if (map.size > openMax && oldest !== undefined) map.delete(oldest);
}
