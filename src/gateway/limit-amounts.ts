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

/** Who asks, for what. What costs time is looked up when a limit asks for it. */
export function subjectOf({ identified, inbound, trail, call }: Asked): Subject {
  const { identity, route } = identified;
  const model = call?.facts.model ?? trail.facts?.model;
  const provider = trail.service?.provider ?? (route.kind === "raw" ? route.provider : undefined);
  return {
    key: identity.keyId === "" ? nobody : identity.keyId,
    keyName: identity.name,
    tenant: identity.tenant,
    project: identity.project,
    ...(identity.user === undefined ? {} : { user: identity.user }),
    get ip() {
      return addressOf(inbound, trail.snapshot);
    },
    route: route.id,
    ...(model === undefined ? {} : { model }),
    ...(provider === undefined ? {} : { provider, credential: provider }),
  };
}

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
  const input = (): number => Math.ceil(tokenCount.estimate(target ?? { provider: "", model }, bytes).tokens);
  const output = (): number =>
    wordless.has(identified.route.codec.dialect)
      ? 0
      : choices * outputReserve(outputTokensMax, lengths.p95(model));
  return {
    requests: 1,
    contentBytes: bytes,
    get inputTokens() {
      return input();
    },
    get outputTokens() {
      return output();
    },
    get costNanoUsd() {
      if (target === undefined) return 0;
      const { priceProvider, region } =
        trail.snapshot.table.providers.get(target.provider)?.targetOf(target.model) ?? {};
      const usage = {
        input: { total: tokens(input()), uncached: tokens(input()) },
        output: { total: tokens(output()) },
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
  };
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
