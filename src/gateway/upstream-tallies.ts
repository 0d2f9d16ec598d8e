import type { AttemptRecord, RequestRecord } from "../exchange/settlement.ts";
import type { Candidate } from "../exchange/target.ts";
import type { Clock } from "../ports/clock.ts";
import type { UpstreamError, UpstreamHealth } from "./control.ts";
import { createRecentSpans, type RecentSpans } from "./recent-spans.ts";

/** What counts against an upstream. `message`: in its own words, the credential masked. */
export interface CountedFailure {
  readonly code: string;
  readonly status: number | null;
  readonly message?: string;
}

/** A model at a provider that requests have reached. */
export interface SeenModel {
  readonly provider: string;
  readonly model: string;
}

/** How providers and their models have fared since the process began. Bounded: what has not been tried for longest goes. */
export interface UpstreamTallies {
  /** Counts one try at its end. */
  readonly onTried: (candidate: Candidate, failure: CountedFailure | undefined) => void;
  /** Adds what only the whole record tells: how soon answers began, and which request an error was of. */
  readonly settled: (record: Pick<RequestRecord, "id" | "at" | "isStream" | "attempts">) => void;
  readonly ofProvider: (provider: string) => UpstreamHealth;
  readonly ofModel: (seen: SeenModel) => UpstreamHealth;
  /** The last tried first. */
  readonly seen: () => readonly SeenModel[];
}

const providersMax = 1000;
const modelsMax = 500;
const errorsMax = 5;
/** Clients choose names: longer ones are not worth remembering. */
const modelLengthMax = 200;
const messageLengthMax = 300;

interface Tally {
  requests: number;
  failures: number;
  lastTry: UpstreamHealth["lastTry"];
  /** Newest first. */
  errors: readonly UpstreamError[];
  readonly firstByte: RecentSpans;
}

export function createUpstreamTallies(clock: Pick<Clock, "now">): UpstreamTallies {
  const providers = new Map<string, Tally>();
  const models = new Map<string, Tally & { readonly seen: SeenModel }>();
  const isNamed = (model: string): boolean => model !== "" && model.length <= modelLengthMax;
  const tried = ({ provider, model }: SeenModel): readonly Tally[] => [
    touched(providers, provider, providersMax, noTally),
    ...(isNamed(model)
      ? [
          touched(models, keyOf({ provider, model }), modelsMax, () => ({
            ...noTally(),
            seen: { provider, model },
          })),
        ]
      : []),
  ];
  const known = ({ provider, model }: SeenModel): readonly Tally[] =>
    [providers.get(provider), models.get(keyOf({ provider, model }))].filter((tally) => tally !== undefined);
  return {
    onTried: ({ target }, failure) => {
      for (const tally of tried(target)) {
        tally.requests += 1;
        tally.lastTry = failure === undefined ? "answered" : "failed";
        if (failure === undefined) continue;
        tally.failures += 1;
        tally.errors = [errorOf(failure, target.model, clock.now()), ...tally.errors].slice(0, errorsMax);
      }
    },
    settled: (record) => {
      for (const attempt of record.attempts) {
        for (const tally of known(attempt)) {
          if (attempt.code !== null) tally.errors = explained(tally.errors, attempt, record);
          // A whole answer begins when it is made: only the others tell how soon a provider speaks.
          else if (record.isStream || attempt.lane === "raw") tally.firstByte.add(attempt.tookMs);
        }
      }
    },
    ofProvider: (provider) => healthOf(providers.get(provider)),
    ofModel: (seen) => healthOf(models.get(keyOf(seen))),
    seen: () => [...models.values()].map(({ seen }) => seen).toReversed(),
  };
}

const keyOf = ({ provider, model }: SeenModel): string => `${provider}\n${model}`;

const noTally = (): Tally => ({
  requests: 0,
  failures: 0,
  lastTry: null,
  errors: [],
  firstByte: createRecentSpans(),
});

/** The value under `key`, made when there is none, and from now on the youngest; the oldest goes when there are too many. */
function touched<Value>(map: Map<string, Value>, key: string, max: number, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= max) break;
    map.delete(oldest);
  }
  return value;
}

const errorOf = ({ code, status, message }: CountedFailure, model: string, at: number): UpstreamError => ({
  at,
  code,
  status,
  model,
  message: message === undefined || message === "" ? null : message.slice(0, messageLengthMax),
  requestId: null,
});

/** The errors, the one of this attempt with its request: of those that look like it, the nearest in time. */
function explained(
  errors: readonly UpstreamError[],
  { code, status, model, reason, startedAt, tookMs }: AttemptRecord,
  { id, at }: Pick<RequestRecord, "id" | "at">,
): readonly UpstreamError[] {
  const endedAt = at + startedAt + tookMs;
  const distance = (error: UpstreamError): number => Math.abs(error.at - endedAt);
  const [found] = errors
    .filter((error) => error.requestId === null && error.code === code)
    .filter((error) => error.status === status && error.model === model)
    .toSorted((a, b) => distance(a) - distance(b));
  if (found === undefined) return errors;
  const message = found.message ?? reason.slice(0, messageLengthMax);
  return errors.map((error) => (error === found ? { ...error, requestId: id, message } : error));
}

function healthOf(tally: Tally | undefined): UpstreamHealth {
  return {
    requests: tally?.requests ?? 0,
    failures: tally?.failures ?? 0,
    lastTry: tally?.lastTry ?? null,
    errors: tally?.errors ?? [],
    firstByte: tally?.firstByte.figures() ?? null,
  };
}
