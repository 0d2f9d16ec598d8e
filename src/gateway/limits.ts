import {
  createRateLimits,
  faultOf,
  type Limit,
  type LimitReading,
  type LimitSettings,
  limitFrom,
  readLimitSettings,
} from "../capabilities/rate-limit/index.ts";
import type { TokenCount } from "../capabilities/token-count/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore, StoredDocument } from "../ports/document-store.ts";
import type { Meter } from "../ports/meter.ts";
import type { Random } from "../ports/random.ts";
import { createLimitGuard, type LimitGuard } from "./limit-guard.ts";
import type { Snapshot } from "./snapshot.ts";

/** A limit as the admin API shows it; `origin`: whether it stands in the file or was set while the gateway ran. */
export type LimitStanding = LimitReading & { readonly origin: "file" | "run-time" };

export interface LimitsControl {
  readonly list: () => readonly LimitStanding[];
  /** Set or replaced, on the disk when it resolves. @throws GatewayError `malformed_request`, `conflict`: it stands in the file. */
  readonly set: (settings: LimitSettings) => Promise<LimitStanding>;
  /** False: no limit of this id was set while the gateway ran. */
  readonly remove: (id: string) => Promise<boolean>;
}

export interface Limits extends LimitGuard {
  readonly configure: (next: Pick<Snapshot, "limits">) => void;
  readonly control: LimitsControl;
  /** Those of the file and those that were set while the gateway ran. */
  readonly ids: () => readonly string[];
  /** A key behaves as it did not before. */
  readonly flag: (keyId: string) => void;
}

export interface LimitsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly meter: Meter;
  readonly tokenCount: Pick<TokenCount, "estimate">;
  readonly isStrained: () => boolean;
  readonly documents: Pick<DocumentStore, "change">;
  /** Those that were set while the gateway ran, as they are stored. */
  readonly stored: readonly StoredDocument[];
}

export { type LimitSettings, limitSettings } from "../capabilities/rate-limit/index.ts";

export const limitCollection = "limits";
const setMax = 10_000;
const topShown = 10;

/** The rate limits of the file and those that were set while the gateway ran, and what is taken of them. */
export function createLimits(parts: LimitsParts, snapshot: Pick<Snapshot, "limits">): Limits {
  const counter = parts.meter.counter({
    name: "sallyport_ratelimit_total",
    help: "Requests at their rate limits: admitted, limited, or too large for ever.",
    labels: ["limit", "result"],
  });
  const rooms = createRateLimits({
    clock: parts.clock,
    random: parts.random,
    counted: (limit, result) => counter.series({ limit, result }).add(1),
  });
  let ofFile: readonly Limit[] = snapshot.limits;
  const set = new Map<string, LimitSettings>(
    parts.stored.flatMap(({ body }) => {
      const settings = readLimitSettings(body);
      return settings === undefined ? [] : [[settings.id, settings]];
    }),
  );
  const isOfFile = (id: string): boolean => ofFile.some((limit) => limit.id === id);
  const apply = (): void => {
    const ofSet = [...set.values()].filter(({ id }) => !isOfFile(id)).map(limitFrom);
    rooms.configure([...ofFile, ...ofSet]);
  };
  apply();
  const list = (): readonly LimitStanding[] =>
    rooms.list(topShown).map((reading) => ({
      ...reading,
      origin: isOfFile(reading.limit.id) ? "file" : "run-time",
    }));
  return {
    ...createLimitGuard(rooms, { ...parts, now: parts.clock.now }),
    flag: rooms.flag,
    ids: () => [...new Set([...ofFile.map(({ id }) => id), ...set.keys()])],
    configure: ({ limits }) => {
      ofFile = limits;
      apply();
    },
    control: {
      list,
      set: async (settings) => {
        const { id } = settings;
        refuseFault(settings);
        if (isOfFile(id)) throw standsInFile(id);
        if (set.size >= setMax && !set.has(id))
          throw new GatewayError("conflict", `${setMax} limits are set`, {
            message: `${setMax} limits are set already; remove one first.`,
          });
        await parts.documents.change(limitCollection, [{ id, body: { ...settings } }]);
        set.set(id, settings);
        apply();
        const standing = list().find(({ limit }) => limit.id === id);
        if (standing === undefined) throw standsInFile(id);
        return standing;
      },
      remove: async (id) => {
        if (!set.has(id)) return false;
        await parts.documents.change(limitCollection, [{ id }]);
        set.delete(id);
        apply();
        return true;
      },
    },
  };
}

function refuseFault(settings: LimitSettings): void {
  const fault = faultOf(settings);
  if (fault === undefined) return;
  throw new GatewayError("malformed_request", `${fault.at} ${fault.why}`, {
    message: `\`${fault.at}\` ${fault.why}.`,
    param: fault.at,
  });
}

const standsInFile = (id: string): GatewayError =>
  new GatewayError("conflict", `${id} is a limit of the file`, {
    message: `The limit \`${id}\` stands in the configuration file; change it there.`,
  });
