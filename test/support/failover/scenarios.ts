import { stormText } from "../../../sandbox/storms.ts";

/** How long things take in one profile, ms. */
export interface Profile {
  readonly name: "full" | "fast";
  readonly firstMs: number;
  readonly idleMs: number;
  /** Scenario 15: how many requests, and how far apart. */
  readonly requests: number;
  readonly everyMs: number;
  readonly outageMs: number;
}

export const profiles: Readonly<Record<Profile["name"], Profile>> = {
  full: {
    name: "full",
    firstMs: 10_000,
    idleMs: 10_000,
    requests: 20,
    everyMs: 4000,
    outageMs: 60_000,
  },
  fast: { name: "fast", firstMs: 2000, idleMs: 2000, requests: 10, everyMs: 1200, outageMs: 6000 },
};

/** One request, as its client saw it. */
export interface Seen {
  readonly text: string | undefined;
  readonly error: string | undefined;
  readonly model: string;
  readonly outputTokens: number | undefined;
  /** ms. */
  readonly tookMs: number;
}

/** One scenario, as the client and the sandbox saw it. Times are ms since the first request. */
export interface Observed {
  readonly seen: readonly Seen[];
  readonly primary: readonly number[];
  readonly fallback: readonly number[];
  /** A request to a healthy model, made afterwards. */
  readonly next: Seen;
}

export type Verdict = "pass" | "partial" | "safe" | "fail";

export interface Scenario {
  readonly id: string;
  readonly upstream: string;
  /** What is wrong beside the answers themselves; empty: nothing. */
  readonly flaws: (observed: Observed, profile: Profile) => readonly string[];
  /** The client is to get a clean error in the place of an answer. */
  readonly wantsError?: RegExp;
  readonly tookMsMax?: (profile: Profile) => number;
}

const within = (times: readonly number[], spanMs: number): number =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + spanMs).length));

const callsMax =
  (most: number) =>
  ({ primary }: Observed): readonly string[] =>
    primary.length <= most ? [] : [`${primary.length} calls to the primary, at most ${most}`];

const callsExactly =
  (count: number) =>
  ({ primary }: Observed): readonly string[] =>
    primary.length === count ? [] : [`${primary.length} calls to the primary, not ${count}`];

const none = (): readonly string[] => [];
/** A bound of the fast profile is its limit and six seconds for the fallback: all run at once, on whatever machine there is. */
const bound =
  (fullMs: number, limit: "firstMs" | "idleMs") =>
  (profile: Profile): number =>
    profile.name === "full" ? fullMs : profile[limit] + 6000;

/**
 * The sixteen scenarios: what the upstream does, what it must have seen, what the client must get.
 *
 * Source: Failover Bench, methodology 0.1, as told in the resilience specification, part 11.2.
 */
export const scenarios: readonly Scenario[] = [
  {
    id: "S01",
    upstream: "first call 429 with Retry-After: 2, then healthy",
    flaws: ({ primary }) => [
      ...((primary[1] ?? 0) - (primary[0] ?? 0) >= 1800 ? [] : ["no second call to the primary after 1.8 s"]),
      ...(within(primary, 1500) <= 2 ? [] : ["more than two calls within 1.5 s"]),
    ],
  },
  {
    id: "S02",
    upstream: "always 429, no Retry-After",
    flaws: (observed) => [
      ...callsMax(6)(observed),
      ...(within(observed.primary, 3000) <= 4 ? [] : ["more than four calls within 3 s"]),
    ],
  },
  {
    id: "S03",
    upstream: "one 500, then healthy",
    flaws: ({ primary }) => (primary.length >= 2 ? [] : ["no second call to the primary"]),
  },
  { id: "S04", upstream: "always 503", flaws: callsMax(6) },
  { id: "S05", upstream: "first connection reset before a byte", flaws: none },
  {
    id: "S06",
    upstream: "accepts, then silence",
    flaws: callsExactly(1),
    tookMsMax: bound(12_000, "firstMs"),
  },
  {
    id: "S07",
    upstream: "headers at once, first token late",
    flaws: none,
    tookMsMax: bound(15_000, "firstMs"),
  },
  { id: "S08", upstream: "the answer ends after two thirds", flaws: none },
  {
    id: "S09",
    upstream: "silence in the midst of the answer",
    flaws: none,
    tookMsMax: bound(45_000, "idleMs"),
  },
  { id: "S10", upstream: "one event is broken JSON", flaws: none },
  {
    id: "S11",
    upstream: "complete, but without its last word",
    flaws: ({ seen, fallback }) => [
      ...(seen[0]?.outputTokens === undefined && fallback.length > 0 ? ["no usage"] : []),
    ],
    tookMsMax: () => 8000,
  },
  {
    id: "S12",
    upstream: "always 400, the context is too long",
    flaws: ({ primary, fallback }) => [
      ...callsExactly(1)({ primary, fallback, seen: [], next: nothing }),
      ...(fallback.length > 0 ? [] : ["the fallback was not asked"]),
    ],
  },
  {
    id: "S13",
    upstream: "always refuses the content",
    flaws: (observed) => [
      ...callsExactly(1)(observed),
      ...(observed.fallback.length === 0 ? [] : ["the fallback was asked"]),
    ],
    wantsError: /safety|content|SAFETY|refus|PROHIBITED/i,
  },
  { id: "S14", upstream: "as S08, and the fallback takes no prefill", flaws: none },
  {
    id: "S15",
    upstream: "503 for a while, then healthy",
    flaws: ({ primary, seen }, profile) => {
      const back = primary.find((at) => at >= profile.outageMs);
      const during = primary.filter((at) => at < profile.outageMs).length;
      return [
        ...(back !== undefined && back <= profile.outageMs + 30_000
          ? []
          : ["the primary was not used again"]),
        ...(during <= seen.length * 2 ? [] : [`${during} calls to the primary in its outage`]),
      ];
    },
    tookMsMax: () => 30_000,
  },
  {
    id: "S16",
    upstream: "always 503; the answer names who gave it",
    flaws: (observed) => [
      ...callsMax(6)(observed),
      ...(observed.seen[0]?.model.includes("calm") === true ? [] : ["the model is not the fallback's"]),
      ...(observed.seen[0]?.outputTokens === undefined ? ["no usage"] : []),
    ],
  },
];

const nothing: Seen = { text: "", error: undefined, model: "", outputTokens: undefined, tookMs: 0 };

/** The verdict on one scenario, and what is wrong. A truncated success, or a hang, is a failure whatever else holds. */
export function judge(
  scenario: Scenario,
  observed: Observed,
  profile: Profile,
): { readonly verdict: Verdict; readonly why: readonly string[] } {
  const { seen, next } = observed;
  const truncated = seen.filter(({ text }) => text !== undefined && text !== stormText);
  if (truncated.length > 0)
    return { verdict: "fail", why: [`a success of ${truncated[0]?.text?.length} characters`] };
  const tookMsMax = scenario.tookMsMax?.(profile) ?? 60_000;
  const slow = seen.filter(({ tookMs }) => tookMs > tookMsMax);
  const why = [
    ...scenario.flaws(observed, profile),
    ...slow.map(({ tookMs }) => `took ${Math.round(tookMs)} ms, at most ${tookMsMax}`),
    ...(next.text === stormText ? [] : [`the next request fails: ${next.error ?? "another text"}`]),
  ];
  const errors = seen.flatMap(({ error }) => error ?? []);
  if (scenario.wantsError !== undefined) {
    const isClean =
      errors.length === seen.length && errors.every((error) => scenario.wantsError?.test(error));
    return {
      verdict: isClean && why.length === 0 ? "pass" : "fail",
      why: [...why, ...(isClean ? [] : errors)],
    };
  }
  if (errors.length > 0)
    return { verdict: slow.length === 0 ? "safe" : "fail", why: [...why, ...errors.slice(0, 2)] };
  return { verdict: why.length === 0 ? "pass" : "partial", why };
}
