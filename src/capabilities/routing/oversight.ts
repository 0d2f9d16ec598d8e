import { createDayMoney, type DayMoney } from "./day-money.ts";
import { familyOf } from "./family.ts";
import type { KeptOversight, KeptRouteOversight } from "./kept-oversight.ts";
import { readKeptOversight } from "./kept-state.ts";
import { createQualityGuard, type GuardState, type QualityGuard } from "./quality-guard.ts";

/** Why an answer that was to be looked at was not. */
export type Unseen = "money" | "unpriced" | "busy" | "family" | "no-verdict" | "out-of-reach";

/** What is known of one pool from reading some of its answers. Money in 10^-9 US dollars. */
export interface RouteOversight {
  readonly guard: QualityGuard;
  /** Of the current day. */
  readonly money: { readonly guard: DayMoney; readonly judge: DayMoney };
  /** False, and counted: models of one family praise one another. */
  readonly mayJudge: (judge: string, model: string) => boolean;
  readonly graded: (grade: number) => void;
  readonly unseen: (why: Unseen) => void;
  readonly state: () => OversightState;
}

export interface OversightState {
  readonly guard: GuardState & { readonly spentNanoUsd: number };
  /** `meanGrade`: 0 to 1; `null`: none was given. */
  readonly judge: {
    readonly graded: number;
    readonly meanGrade: number | null;
    readonly spentNanoUsd: number;
  };
  /** Answers that were to be looked at and were not, since the process began. */
  readonly unseen: Readonly<Partial<Record<Unseen, number>>>;
}

/** All pools of which answers are read. Owned by one gateway. */
export interface Oversight {
  readonly of: (route: string) => RouteOversight;
  /** Begins anew; what was spent today stays spent. */
  readonly forget: (route: string) => void;
  /** `undefined`: nothing is known yet. */
  readonly kept: () => KeptOversight | undefined;
  /** False: it is no such state, and nothing changes. */
  readonly restore: (stored: unknown) => boolean;
}

/** @param now ms since 1970. */
export function createOversight(now: () => number): Oversight {
  const routes = new Map<string, RouteOversight & { readonly kept: () => KeptRouteOversight }>();
  return {
    of: (route) => {
      const known = routes.get(route) ?? createRouteOversight(now);
      routes.set(route, known);
      return known;
    },
    forget: (route) => {
      const spent = routes.get(route)?.kept().money;
      if (spent !== undefined) routes.set(route, createRouteOversight(now, { money: spent }));
    },
    kept: () =>
      routes.size === 0
        ? undefined
        : { version: 1, routes: new Map([...routes].map(([name, { kept }]) => [name, kept()])) },
    restore: (stored) => {
      const state = readKeptOversight(stored);
      for (const [name, route] of state?.routes ?? []) routes.set(name, createRouteOversight(now, route));
      return state !== undefined;
    },
  };
}

function createRouteOversight(
  now: () => number,
  from?: Pick<KeptRouteOversight, "money"> & Partial<KeptRouteOversight>,
): RouteOversight & { readonly kept: () => KeptRouteOversight } {
  const guard = createQualityGuard(now, from?.guard);
  const money = {
    guard: createDayMoney(now, from?.money.guard),
    judge: createDayMoney(now, from?.money.judge),
  };
  let { sum, count } = from?.grades ?? { sum: 0, count: 0 };
  const unseen = new Map<Unseen, number>();
  const missed = (why: Unseen): void => void unseen.set(why, (unseen.get(why) ?? 0) + 1);
  return {
    guard,
    money,
    graded: (grade) => {
      sum += grade;
      count += 1;
    },
    mayJudge: (judge, model) => {
      const may = familyOf(judge) !== familyOf(model);
      if (!may) missed("family");
      return may;
    },
    unseen: missed,
    state: () => ({
      guard: { ...guard.state(), spentNanoUsd: money.guard.spentNanoUsd() },
      judge: {
        graded: count,
        meanGrade: count === 0 ? null : sum / count,
        spentNanoUsd: money.judge.spentNanoUsd(),
      },
      unseen: Object.fromEntries(unseen),
    }),
    kept: () => ({
      guard: guard.kept(),
      money: { guard: money.guard.kept(), judge: money.judge.kept() },
      grades: { sum, count },
    }),
  };
}
