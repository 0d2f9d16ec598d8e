import type { Healing } from "../../exchange/healing.ts";
import type { EpochMs } from "../../kernel/units.ts";

/** Whose way it is: one model at one endpoint of one provider. */
export interface QuirkPlace {
  readonly provider: string;
  readonly origin: string;
  readonly dialect: string;
  readonly model: string;
}

/**
 * What was learned of one parameter. `learned` holds until its time is over, `pinned` for good; `forbidden` is neither
 * applied nor learned again.
 */
export interface LearnedQuirk extends QuirkPlace {
  readonly id: string;
  readonly healing: Healing;
  readonly state: "learned" | "pinned" | "forbidden";
  readonly learnedAt: EpochMs;
  /** `null`: it does not end by itself. */
  readonly until: EpochMs | null;
  /** The server's own words. */
  readonly because: string;
  readonly applied: number;
}

/** All that was learned. Bounded; a holder of state that one gateway owns. */
export interface QuirkMemory {
  /** What is to be done to requests for this place. */
  readonly healingsFor: (place: QuirkPlace) => readonly Healing[];
  /** `false` when this healing is forbidden: then it must not be tried either. */
  readonly mayLearn: (place: QuirkPlace, healing: Healing) => boolean;
  readonly learn: (place: QuirkPlace, healing: Healing, because: string) => void;
  readonly list: () => readonly LearnedQuirk[];
  /** `undefined` when there is no quirk of this id. */
  readonly set: (id: string, state: LearnedQuirk["state"]) => LearnedQuirk | undefined;
}

const quirksMax = 2000;
const becauseMax = 300;

export function createQuirkMemory(
  ttlMs: number,
  now: () => EpochMs,
  timeAfter: (ms: number) => EpochMs,
): QuirkMemory {
  const quirks = new Map<string, Omit<LearnedQuirk, "applied">>();
  const applied = new Map<string, number>();
  /** By place, so that a request looks at its own alone; made anew after each change, which are few. */
  let index: ReadonlyMap<string, readonly Omit<LearnedQuirk, "applied">[]> | undefined;
  const isLive = ({ until }: Pick<LearnedQuirk, "until">, moment: EpochMs): boolean =>
    until === null || until > moment;
  const remove = (id: string): void => {
    quirks.delete(id);
    applied.delete(id);
    index = undefined;
  };
  return {
    healingsFor: (place) => {
      if (quirks.size === 0) return [];
      index ??= Map.groupBy(quirks.values(), keyOf);
      const moment = now();
      return (index.get(keyOf(place)) ?? []).flatMap((quirk) => {
        if (quirk.state === "forbidden" || !isLive(quirk, moment)) return [];
        applied.set(quirk.id, (applied.get(quirk.id) ?? 0) + 1);
        return [quirk.healing];
      });
    },
    mayLearn: (place, healing) => quirks.get(idOf(place, healing))?.state !== "forbidden",
    learn: (place, healing, because) => {
      const id = idOf(place, healing);
      if (quirks.get(id)?.state === "pinned") return;
      const { provider, origin, dialect, model } = place;
      quirks.set(id, {
        ...{ id, provider, origin, dialect, model, healing },
        state: "learned",
        learnedAt: now(),
        until: timeAfter(ttlMs),
        because: because.slice(0, becauseMax),
      });
      index = undefined;
      for (const [oldest, { state }] of quirks) {
        if (quirks.size <= quirksMax) break;
        if (state === "learned") remove(oldest);
      }
    },
    list: () => {
      const moment = now();
      for (const [id, quirk] of quirks) if (!isLive(quirk, moment)) remove(id);
      return [...quirks.values()].map((quirk) => ({ ...quirk, applied: applied.get(quirk.id) ?? 0 }));
    },
    set: (id, state) => {
      const quirk = quirks.get(id);
      if (quirk === undefined) return undefined;
      const next = { ...quirk, state, until: state === "learned" ? timeAfter(ttlMs) : null };
      quirks.set(id, next);
      index = undefined;
      return { ...next, applied: applied.get(id) ?? 0 };
    },
  };
}

const keyOf = ({ provider, origin, dialect, model }: QuirkPlace): string =>
  [provider, origin, dialect, model].join("\n");

/** Readable, and fit for a path: `openai~openai-chat~o3~temperature`. */
const idOf = ({ provider, dialect, model }: QuirkPlace, { parameter }: Healing): string =>
  [provider, dialect, model, parameter].map((word) => word.replace(/[^A-Za-z0-9._-]/g, "_")).join("~");
