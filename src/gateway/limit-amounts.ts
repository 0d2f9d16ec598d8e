import { priceOf } from "../capabilities/pricing/index.ts";
import type { OutputLengths, Subject } from "../capabilities/rate-limit/index.ts";
import { outputReserve } from "../capabilities/rate-limit/index.ts";
import { resolveModel } from "../capabilities/routing/index.ts";
import type { TokenCount } from "../capabilities/token-count/index.ts";
import { knownNanoUsd, type RequestRecord } from "../exchange/settlement.ts";
import { tokens } from "../kernel/units.ts";
import { announcedBytes } from "./announced.ts";
import type { Asked } from "./guards.ts";
import { addressOf } from "./socket-door.ts";

/** What a request is counted by where nobody has said who asks: all of them together. */
const nobody = "(anybody)";

/**
 * Who asks, for what. What costs time is looked up when a limit asks for it: by a class, as a getter of an object literal
 * makes V8 a hidden class for each object, which holds on to all that the getter sees until a full collection.
 */
class AskedSubject implements Subject {
  readonly key: string;
  readonly keyName: string;
  readonly tenant: string;
  readonly project: string;
  readonly user?: string;
  readonly route: string;
  readonly model?: string;
  readonly provider?: string;
  readonly credential?: string;
  readonly #asked: Asked;

  constructor(asked: Asked) {
    const { identified, trail, call } = asked;
    const { identity, route } = identified;
    const model = call?.facts.model ?? trail.facts?.model;
    const provider = trail.service?.provider ?? (route.kind === "raw" ? route.provider : undefined);
    this.key = identity.keyId === "" ? nobody : identity.keyId;
    this.keyName = identity.name;
    this.tenant = identity.tenant;
    this.project = identity.project;
    if (identity.user !== undefined) this.user = identity.user;
    this.route = route.id;
    if (model !== undefined) this.model = model;
    if (provider !== undefined) {
      this.provider = provider;
      this.credential = provider;
    }
    this.#asked = asked;
  }

  get ip(): string {
    return addressOf(this.#asked.inbound, this.#asked.trail.snapshot);
  }
}

export const subjectOf = (asked: Asked): Subject => new AskedSubject(asked);

export interface Estimating {
  readonly tokenCount: Pick<TokenCount, "estimate">;
  readonly lengths: Pick<OutputLengths, "p95">;
}

interface Estimate {
  readonly requests: number;
  readonly contentBytes: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costNanoUsd?: number;
}

/** Dialects whose answers are no words. */
const wordless: ReadonlySet<string> = new Set(["openai-embeddings", "anthropic-count"]);

/** What it will take, as far as can be said before it is asked. */
export function amountsOf(asked: Asked, { tokenCount, lengths }: Estimating): Estimate {
  const { identified, inbound, trail, call } = asked;
  const bytes = call?.body.byteLength ?? announcedBytes(inbound, trail.snapshot.raw.bodyBytesMax);
  // A session is counted response by response: its handshake only has to be out of debt.
  if (identified.route.kind === "realtime")
    return { requests: 1, contentBytes: 0, inputTokens: 0, outputTokens: 0, costNanoUsd: 0 };
  if (call === undefined) return { requests: 1, contentBytes: bytes };
  const { model, outputTokensMax, tier, choices = 1 } = call.facts;
  const resolution = resolveModel(trail.snapshot.table, model);
  const [target] = resolution.kind === "found" ? resolution.targets : [];
  return new CallEstimate({
    contentBytes: bytes,
    input: () => Math.ceil(tokenCount.estimate(target ?? { provider: "", model }, bytes).tokens),
    output: () =>
      wordless.has(identified.route.codec.dialect)
        ? 0
        : choices * outputReserve(outputTokensMax, lengths.p95(model)),
    price: (input, output) => {
      if (target === undefined) return 0;
      const { priceProvider, region } =
        trail.snapshot.table.providers.get(target.provider)?.targetOf(target.model) ?? {};
      const usage = {
        input: { total: tokens(input), uncached: tokens(input) },
        output: { total: tokens(output) },
        basis: "estimated",
      } as const;
      const of = {
        provider: target.provider,
        priceProvider,
        region,
        model: target.model,
        at: trail.at,
        tier,
      };
      return priceOf(trail.snapshot.rateCard, of, usage).nanoUsd ?? 0;
    },
  });
}

interface Reckonings {
  readonly input: () => number;
  readonly output: () => number;
  readonly price: (input: number, output: number) => number;
}

/** Reckoned when a limit asks for it. */
class CallEstimate implements Estimate {
  readonly requests = 1;
  readonly contentBytes: number;
  readonly #of: Reckonings;

  constructor({ contentBytes, ...of }: Reckonings & { readonly contentBytes: number }) {
    this.contentBytes = contentBytes;
    this.#of = of;
  }

  get inputTokens(): number {
    return this.#of.input();
  }

  get outputTokens(): number {
    return this.#of.output();
  }

  get costNanoUsd(): number {
    return this.#of.price(this.inputTokens, this.outputTokens);
  }
}

type Taken = Partial<Record<"inputTokens" | "outputTokens" | "costNanoUsd" | "contentBytes", number>>;

/**
 * What it took; what is missing stays as it was reserved. `"never sent"`: nobody was asked, and nobody answered.
 * An answer of the gateway's own has no tokens; neither has what an upstream refused.
 */
export function takenBy(record: RequestRecord): Taken | "never sent" {
  const { attempts, outcome, usage, cost, bytesIn, bytesOut } = record;
  const wasSent = attempts.length > 0;
  if (!wasSent && outcome !== "completed") return "never sent";
  const isKnown = usage !== null || !wasSent || outcome === "failed";
  return {
    contentBytes: bytesIn + bytesOut,
    ...(isKnown
      ? {
          inputTokens: usage?.input.total ?? 0,
          outputTokens: usage?.output.total ?? 0,
          costNanoUsd: knownNanoUsd(cost),
        }
      : {}),
  };
}

const throttling: ReadonlySet<string | null> = new Set(["upstream_rate_limited", "upstream_overloaded"]);

/** Of each upstream that was asked, whether it throttled. */
export const throttledTries = ({ attempts }: RequestRecord): readonly boolean[] =>
  attempts.map(({ code }) => throttling.has(code));
