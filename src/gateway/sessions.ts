import { type Operator, rootOperator } from "../exchange/operator.ts";
import { GatewayError } from "../kernel/errors.ts";
import { base62 } from "../kernel/ids.ts";
import { after, type EpochMs, epochMs, minutes, seconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { Operators } from "./operators.ts";

const codeLife = minutes(10);
const sessionLife = minutes(24 * 60);
const idleLife = minutes(8 * 60);
const openMax = 100;
const longestWait = seconds(60);

/** A session that has begun. */
export interface OpenSession {
  readonly token: string;
  readonly expiresAt: number;
}

/** Ways into the admin API: the admin token, tokens of operators, and sessions, opened by a one-time link or by a password. */
export interface Sessions {
  /** `undefined`: the code is used up, old or wrong. */
  readonly redeem: (code: string) => OpenSession | undefined;
  /**
   * `undefined`: nobody who may.
   * @throws GatewayError `rate_limited` after failures for this name: the next one waits 1, 2, 4 … 60 s; and while one for this
   * name, or 20 for others, are looked at.
   */
  readonly signIn: (name: string, password: string) => Promise<OpenSession | undefined>;
  /** Whose token it is, as they are now; `undefined`: nobody's. */
  readonly whoIs: (token: string) => Operator | undefined;
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

interface Session {
  readonly operatorId: string;
  /** What they could do and were known by when it began: with another one they sign in anew. */
  readonly standing: string;
  readonly until: EpochMs;
  usedAt: EpochMs;
}

/** Sessions live in memory, at most 100, for a day and no longer than 8 hours unused, and end with the process; so do the codes made before it began. */
export function createSessions(parts: {
  readonly clock: Clock;
  readonly random: Random;
  readonly digestOf: DigestOf;
  readonly adminToken: string;
  readonly operators: Pick<Operators, "byToken" | "byId" | "byPassword" | "standing">;
}): Sessions {
  const { clock, random, digestOf, operators } = parts;
  const startedAt = clock.now();
  const used = new Map<string, EpochMs>();
  const sessions = new Map<string, Session>();
  const waits = createWaits(clock);
  // Digests are compared, not the secrets: where a look-up stops early tells nothing about the secret itself.
  const adminDigest = digestOf(parts.adminToken);
  const open = (operatorId: string): OpenSession => {
    const token = `ss-${base62(random.bytes(32))}`;
    const now = clock.now();
    const until = after(now, sessionLife);
    for (const [key, session] of sessions) if (isOver(session, now)) sessions.delete(key);
    const standing = operators.standing(operatorId);
    keepWithin(sessions, digestOf(token), { operatorId, standing, until, usedAt: now });
    return { token, expiresAt: until };
  };
  const bySession = (digest: string): Operator | undefined => {
    const session = sessions.get(digest);
    if (session === undefined || isOver(session, clock.now())) return undefined;
    if (operators.standing(session.operatorId) !== session.standing) {
      sessions.delete(digest);
      return undefined;
    }
    session.usedAt = clock.now();
    return session.operatorId === rootOperator.id ? rootOperator : operators.byId(session.operatorId);
  };
  return {
    redeem: (code) => {
      const [expiry = "", nonce = "", mac = ""] = code.split(".");
      const until = epochMs(Number(expiry));
      const isOurs = digestOf(mac) === digestOf(digestOf(linkClaim(`${expiry}.${nonce}`)));
      const isLive = clock.now() < until && until > after(startedAt, codeLife) - 1;
      if (!isOurs || !isLive || used.has(nonce)) return undefined;
      for (const [key, end] of used) if (end <= clock.now()) used.delete(key);
      keepWithin(used, nonce, until);
      return open(rootOperator.id);
    },
    signIn: async (name, password) => {
      const told = waits.begin(name);
      let operator: Operator | undefined;
      try {
        operator = await operators.byPassword(name, password);
      } finally {
        told(operator !== undefined);
      }
      return operator === undefined ? undefined : open(operator.id);
    },
    whoIs: (token) => {
      const digest = digestOf(token);
      if (digest === adminDigest) return rootOperator;
      return bySession(digest) ?? operators.byToken(token);
    },
    end: (token) => {
      sessions.delete(digestOf(token));
    },
  };
}

const isOver = ({ until, usedAt }: Session, now: EpochMs): boolean =>
  until <= now || after(usedAt, idleLife) <= now;

/** Above the bound the oldest is forgotten. */
function keepWithin<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > openMax && oldest !== undefined) map.delete(oldest);
}

const namesMax = 10_000;
/** Passwords that wait to be looked at: each takes a good part of a second. */
const atOnceMax = 20;

/** After a failure the next try for the same name waits, each time twice as long. Source: security specification, part 1. */
function createWaits(clock: Clock) {
  const failures = new Map<string, { readonly count: number; readonly until: EpochMs }>();
  /** Names that somebody is trying now: else a thousand guesses at once would wait for none of each other. */
  const trying = new Set<string>();
  return {
    /** @returns Who is told how it ended. */
    begin: (name: string): ((isRight: boolean) => void) => {
      const until = failures.get(name)?.until ?? 0;
      const isBusy = trying.has(name) || trying.size >= atOnceMax;
      const waitMs = Math.max(until - clock.now(), isBusy ? 1000 : 0);
      if (waitMs > 0)
        throw new GatewayError("rate_limited", isBusy ? "passwords are looked at" : "a password was wrong", {
          message: "Too many passwords have come for this name, or for all.",
          retryAfterMs: waitMs,
        });
      trying.add(name);
      return (isRight) => {
        trying.delete(name);
        tell(name, isRight);
      };
    },
  };
  function tell(name: string, isRight: boolean): void {
    const count = (failures.get(name)?.count ?? 0) + 1;
    failures.delete(name);
    if (isRight) return;
    const wait = Math.min(longestWait, 1000 * 2 ** Math.min(10, count - 1));
    const [oldest] = failures.keys();
    if (failures.size >= namesMax && oldest !== undefined) failures.delete(oldest);
    failures.set(name, { count, until: epochMs(clock.now() + wait) });
  }
}
