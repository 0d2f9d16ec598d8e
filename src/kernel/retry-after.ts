/** Longest wait that is believed: what says more than a day is a mistake. */
const msMax = 86_400_000;

/**
 * When an upstream may be asked again, in ms from its answer, by the first of: `retry-after-ms`; `retry-after` in seconds
 * or as a date, taken against the answer's own `date`; `grpc-retry-pushback-ms`; what is used up of `x-ratelimit-*` and
 * `anthropic-ratelimit-*`.
 * A date that has passed is 0; what is negative or cannot be read says nothing.
 *
 * Source: resilience specification, part 1.
 */
export function readRetryAfter(headers: ReadonlyMap<string, string>): number | undefined {
  const told =
    decimal(headers.get("retry-after-ms")) ??
    inSeconds(headers) ??
    decimal(headers.get(pushback)) ??
    untilReset(headers);
  return told === undefined ? undefined : Math.min(msMax, Math.ceil(told));
}

const pushback = "grpc-retry-pushback-ms";

/** Whether an upstream says that the call must not be sent to it again. Source: gRFC A6, "Pushback". */
export const forbidsRetry = (headers: ReadonlyMap<string, string>): boolean =>
  /^\s*-\d+\s*$/.test(headers.get(pushback) ?? "");

/**
 * When the counter that is used up starts anew, in ms: the latest of those with nothing left; `undefined` when all have
 * something, or none is told. Read from good answers too: a call that cannot be served need not be made.
 */
export function untilReset(headers: ReadonlyMap<string, string>): number | undefined {
  let latest: number | undefined;
  for (const { remaining, reset, isDated } of counters) {
    if (!used(headers.get(remaining))) continue;
    const span = isDated ? untilTime(headers.get(reset), headers) : spanOf(headers.get(reset));
    if (span !== undefined && (latest === undefined || span > latest)) latest = span;
  }
  return latest;
}

/** A limit of a provider, and what is left of it. */
export interface Counter {
  readonly kind: (typeof counterKinds)[number];
  /** Above 0. */
  readonly limit: number;
  readonly remaining: number;
  /** Until it starts anew, from the answer on; `undefined`: not told. */
  readonly resetMs: number | undefined;
}

/** The limits that an answer tells whole: how much there is, and how much is left. */
export function countersIn(headers: ReadonlyMap<string, string>): readonly Counter[] {
  return counters.flatMap(({ kind, limit, remaining, reset, isDated }): readonly Counter[] => {
    const left = decimal(headers.get(remaining));
    const most = left === undefined ? undefined : decimal(headers.get(limit));
    if (left === undefined || most === undefined || most === 0) return [];
    const resetMs = isDated ? untilTime(headers.get(reset), headers) : spanOf(headers.get(reset));
    return [{ kind, limit: most, remaining: left, resetMs }];
  });
}

const counterKinds = ["requests", "tokens", "input-tokens", "output-tokens"] as const;

/** The names of OpenAI's family and of Anthropic, made once: they are looked up for every answer. */
const counters = counterKinds.flatMap((kind) => [
  {
    kind,
    limit: `x-ratelimit-limit-${kind}`,
    remaining: `x-ratelimit-remaining-${kind}`,
    reset: `x-ratelimit-reset-${kind}`,
    isDated: false,
  },
  {
    kind,
    limit: `anthropic-ratelimit-${kind}-limit`,
    remaining: `anthropic-ratelimit-${kind}-remaining`,
    reset: `anthropic-ratelimit-${kind}-reset`,
    isDated: true,
  },
]);

const used = (remaining: string | undefined): boolean => remaining !== undefined && Number(remaining) === 0;

function inSeconds(headers: ReadonlyMap<string, string>): number | undefined {
  const text = headers.get("retry-after")?.trim();
  if (text === undefined || text === "") return undefined;
  const seconds = decimal(text);
  if (seconds !== undefined) return seconds * 1000;
  const span = parseHttpDate(text) - parseHttpDate(headers.get("date") ?? "");
  return Number.isFinite(span) ? Math.max(0, span) : undefined;
}

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span in ms as OpenAI (`6m0s`, `120ms`) and Google (`34.5s`) write them; a bare number is seconds. */
export function spanOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bare = decimal(text);
  if (bare !== undefined) return bare * 1000;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g))
    total += Number(count) * (unitsMs[unit ?? ""] ?? 0);
  return total;
}

/** The span from the answer's `date` to a time of RFC 3339 in UTC. */
function untilTime(text: string | undefined, headers: ReadonlyMap<string, string>): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d(?:\.\d+)?)Z$/.exec(text ?? "");
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(Number);
  const span =
    timeOf({ year, month, day, hours, minutes, seconds }) - parseHttpDate(headers.get("date") ?? "");
  return Number.isFinite(span) ? Math.max(0, span) : undefined;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Seconds-precise time of an IMF-fixdate in ms, relative to any fixed day; NaN for other text. Source: RFC 9110, 5.6.7. */
function parseHttpDate(text: string): number {
  const match = /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(text.trim());
  const month = months.indexOf(match?.[2] ?? "") + 1;
  if (match === null || month === 0) return Number.NaN;
  const [day = 0, year = 0, hours = 0, minutes = 0, seconds = 0] = [1, 3, 4, 5, 6].map((at) =>
    Number(match[at]),
  );
  return timeOf({ year, month, day, hours, minutes, seconds });
}

type Fields = Readonly<Record<"year" | "month" | "day" | "hours" | "minutes" | "seconds", number>>;

const timeOf = ({ year, month, day, hours, minutes, seconds }: Fields): number =>
  ((daysOf(year, month, day) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000;

/** Days in the proleptic Gregorian calendar. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    shifted * 365 +
    Math.floor(shifted / 4) -
    Math.floor(shifted / 100) +
    Math.floor(shifted / 400) +
    dayOfYear
  );
}
