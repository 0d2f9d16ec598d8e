import { createPlacement, type MemberState } from "../capabilities/load-balancing/index.ts";
import { priceOf, type RateCard } from "../capabilities/pricing/index.ts";
import { type Amount, createFigures, type Expected, type Spread } from "../capabilities/routing/index.ts";
import type { TokenCount } from "../capabilities/token-count/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { Target } from "../exchange/target.ts";
import { promptWork, workOf } from "../exchange/work.ts";
import { countersIn } from "../kernel/retry-after.ts";
import { type EpochMs, tokens } from "../kernel/units.ts";
import { isEvidence } from "../pipeline/failure-class.ts";
import type { Loads } from "../pipeline/loads.ts";
import type { Clock } from "../ports/clock.ts";
import { createAnswerBytes } from "./answer-bytes.ts";
import type { EgressRates } from "./egress.ts";

/** What is asked of a target, as far as it has a price and takes time. */
export interface AskedOfTarget {
  /** Its prompt: as it came, or counted already. */
  readonly prompt: { readonly bytes: number } | { readonly tokens: number };
  readonly isStream: boolean;
  /** The client's limit of the answer. */
  readonly outputTokensMax: number | undefined;
  /** What is expected of an answer to just this request; absent: as its answers usually are. */
  readonly outputTokens?: Pick<Amount, "mean" | "high"> | undefined;
  /** Who else may be asked, `provider/model`: nobody knows how fast it is until it was asked, and is judged by these. */
  readonly others: () => readonly string[];
}

/** What calls are expected to cost and to take, learned from settled requests. Owned by one gateway. */
export interface Expectations {
  readonly expect: (target: Target, asked: AskedOfTarget, rateCard: RateCard) => Expected;
  readonly settled: (record: RequestRecord) => void;
  /** A good answer of a target came: its head may tell what is left of its limits. */
  readonly answered: (
    target: Pick<Target, "provider" | "model">,
    headers: ReadonlyMap<string, string>,
  ) => void;
  readonly loads: Loads;
  /** What is known of the speed of the targets that were asked about, with the share of tries that succeed. */
  readonly endpoints: () => readonly EndpointState[];
}

export interface EndpointState extends MemberState {
  readonly health: number;
}

/** 10^-9 US dollars a token. */
interface Rates {
  readonly input: number;
  readonly output: number;
}

const outputTokens = { usual: 300, most: 4096, samplesMin: 20 } as const;
/** Of a target that nobody has asked yet. */
const assumed = { firstMs: 800, perTokenMs: 15 } as const;
const ratesKeptMs = 60_000;
/** So many tokens are priced to find the price of one: few enough for the usual tier of prices. */
const pricedTokens = 1000;
/** Shorter prompts are of the usual tier of prices. */
const longPromptFrom = 30_000;
const nanoUsdPerUsd = 1e9;
const million = 1e6;
const bytesPerToken = 4;

/** The way to a target. */
export interface Road {
  /** ms there and back, as far as it is assumed. */
  readonly distanceMs: (target: Target) => number;
  /** What bytes cost on it; `undefined`: nothing. */
  readonly egress: (target: Target) => EgressRates | undefined;
}

export function createExpectations(
  clock: Clock,
  tokenCount: Pick<TokenCount, "estimate">,
  road: Road,
): Expectations {
  const figures = createFigures();
  const placement = createPlacement();
  const answerBytes = createAnswerBytes();
  const seconds = (): number => clock.monotonic() / 1000;
  const known = new WeakMap<
    Target,
    { readonly card: RateCard; readonly at: number; readonly rates: Rates | undefined }
  >();
  const ratesOf = (target: Target, card: RateCard, promptTokens: number): Rates | undefined => {
    const now = clock.now();
    if (promptTokens > longPromptFrom) return pricesOf(target, card, now, Math.ceil(promptTokens));
    const kept = known.get(target);
    if (kept !== undefined && kept.card === card && now - kept.at < ratesKeptMs) return kept.rates;
    const rates = pricesOf(target, card, now, pricedTokens);
    known.set(target, { card, at: now, rates });
    return rates;
  };
  return {
    expect: (target, { prompt, isStream, outputTokensMax, outputTokens: told, others }, card) => {
      const name = `${target.provider}/${target.model}`;
      const input: Prompt =
        "tokens" in prompt ? { ...prompt, errorBand: 0 } : tokenCount.estimate(target, prompt.bytes);
      const most = Math.min(
        outputTokensMax ?? Number.POSITIVE_INFINITY,
        target.outputTokensMax ?? outputTokens.most,
      );
      const usual = outputOf(figures.spreadOf(name, "output"), most);
      const output = told === undefined ? usual : within(most, told.mean, told.high ?? usual.high);
      const assumedMs =
        assumed.firstMs + road.distanceMs(target) + (isStream ? 0 : output.mean * assumed.perTokenMs);
      const time = figures.spreadOf(name, isStream ? "first" : "total") ?? {
        median: assumedMs,
        high: assumedMs,
        count: 0,
      };
      const rates = ratesOf(target, card, input.tokens);
      const perByte = road.egress(target);
      const promptBytes = "bytes" in prompt ? prompt.bytes : bytesPerToken * prompt.tokens;
      const egress = perByte && {
        prompt: perByte.sent * promptBytes,
        perToken: perByte.received * answerBytes.perToken(name, isStream),
      };
      return {
        ...costsOf(rates, input, output, egress),
        latencyMs: time.median,
        latencyHighMs: time.high,
        doneMs:
          1000 *
          placement.predict(name, { work: output.mean + promptWork * input.tokens, others }, seconds()),
        inFlight: placement.inFlight(name),
        freeShare: figures.free.shareOf(name, clock.monotonic()),
        health: figures.healthOf(name, clock.monotonic()),
        quality: qualityOf(rates),
        answers: time.count,
      };
    },
    endpoints: () =>
      placement
        .states()
        .map((state) => ({ ...state, health: figures.healthOf(state.name, clock.monotonic()) })),
    loads: {
      begin: ({ provider, model }) => {
        figures.free.begun(`${provider}/${model}`);
        const placed = placement.begin(`${provider}/${model}`, seconds());
        return {
          answered: (usage) => {
            if (usage?.output.total === undefined) placed.left(seconds());
            else placed.succeeded(workOf(usage), seconds());
          },
          failed: () => placed.failed(seconds()),
          left: () => placed.left(seconds()),
        };
      },
    },
    answered: ({ provider, model }, headers) =>
      figures.free.told(`${provider}/${model}`, countersIn(headers), clock.monotonic()),
    settled: (record) => {
      const { attempts, isStream, outcome, usage } = record;
      const now = clock.monotonic();
      noteUsed(figures.free, record);
      answerBytes.settled(record);
      for (const [index, { provider, model, code, tookMs }] of attempts.entries()) {
        const name = `${provider}/${model}`;
        const isLast = index === attempts.length - 1;
        if (code !== null) {
          if (isEvidence(code)) figures.failed(name, now);
          continue;
        }
        if (isLast && outcome === "failed") figures.failed(name, now);
        else
          figures.answered(
            name,
            {
              ...(isStream ? { firstMs: tookMs } : { totalMs: tookMs }),
              ...(isLast && usage?.basis === "reported" && usage.output.total !== undefined
                ? { outputTokens: usage.output.total }
                : {}),
            },
            now,
          );
      }
    },
  };
}

/** What a request came to, at who served it. */
function noteUsed(
  { used }: ReturnType<typeof createFigures>["free"],
  { provider, upstreamModel, usage }: Pick<RequestRecord, "provider" | "upstreamModel" | "usage">,
): void {
  if (usage === null || provider === null || upstreamModel === null) return;
  used(`${provider}/${upstreamModel}`, { input: usage.input.total ?? 0, output: usage.output.total ?? 0 });
}

type Prompt = ReturnType<TokenCount["estimate"]>;
/** Tokens of an answer: usually, and in nine of ten cases at most. */
type Output = Readonly<Record<"mean" | "high", number>>;

const within = (most: number, mean: number, high: number): Output => ({
  mean: Math.min(most, mean),
  high: Math.min(most, Math.max(mean, high)),
});

function outputOf(told: Spread | undefined, most: number): Output {
  if (told === undefined) return { mean: Math.min(most, outputTokens.usual), high: most };
  return {
    mean: Math.min(most, told.mean),
    high: told.count < outputTokens.samplesMin ? most : Math.min(most, told.high),
  };
}

/** An estimate that has not been held against counts may be off by so much. */
const unknownBand = 0.2;

/** What the bytes of a call cost: those of its prompt, and those of each token of its answer. */
interface Egress {
  readonly prompt: number;
  readonly perToken: number;
}

const noEgress: Egress = { prompt: 0, perToken: 0 };

function costsOf(
  rates: Rates | undefined,
  input: Prompt,
  output: Output,
  egress: Egress = noEgress,
): Pick<Expected, "costNanoUsd" | "costHighNanoUsd" | "price"> {
  if (rates === undefined) return { costNanoUsd: null, costHighNanoUsd: null, price: undefined };
  const inputHigh = input.tokens * (1 + (input.errorBand ?? unknownBand));
  return {
    costNanoUsd: input.tokens * rates.input + egress.prompt + output.mean * (rates.output + egress.perToken),
    costHighNanoUsd: inputHigh * rates.input + egress.prompt + output.high * (rates.output + egress.perToken),
    price: {
      input: (rates.input * million) / nanoUsdPerUsd,
      output: (rates.output * million) / nanoUsdPerUsd,
    },
  };
}

/** What a token costs in a call with so long a prompt: longer ones may be of a dearer tier. */
function pricesOf(
  { provider, priceProvider, region, model }: Target,
  card: RateCard,
  at: EpochMs,
  promptTokens: number,
): Rates | undefined {
  const costOf = (input: number, output: number): number | null =>
    priceOf(
      card,
      { provider, priceProvider, region, model, at },
      {
        input: { total: tokens(input), uncached: tokens(input) },
        output: { total: tokens(output) },
        basis: "estimated",
      },
    ).nanoUsd;
  const input = costOf(promptTokens, 0);
  const both = costOf(promptTokens, pricedTokens);
  return input === null || both === null
    ? undefined
    : { input: input / promptTokens, output: (both - input) / pricedTokens };
}

/**
 * The quality of a model that nobody has judged, from what its answers cost.
 *
 * Source: routing specification, part 3.7, "Prior".
 */
function qualityOf(rates: Rates | undefined): number {
  if (rates === undefined) return 0.74;
  const usdPerMillion = (rates.output * million) / nanoUsdPerUsd;
  return Math.min(0.92, Math.max(0.55, 0.74 + 0.05 * Math.log10(Math.max(1e-6, usdPerMillion))));
}
