import type { Call, Effort } from "../../exchange/call.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Thinking, ThinkingLevel } from "./model-version.ts";
import type { RequestNotes } from "./request-notes.ts";

/** Shares of the output limit that efforts spend on thinking. Source: AI models specification, part 8 (d). */
const budgetShares = {
  none: 0,
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.95,
  max: 0.95,
} as const;
/** Bounds of a budget made from an effort. */
const budgetMin = 1024;
const budgetMax = 128_000;
/** The output limit of Gemini's models, where neither client nor catalogue tells one. */
const outputTokensDefault = 65_536;

type Config = { readonly [member: string]: Printable };

/**
 * Writes `thinkingConfig` in the form the model takes: a budget up to Gemini 2.5, a level from 3 on. Thoughts are asked
 * for unless the client does not want to see them.
 */
export function encodeReasoning(
  call: Call,
  outputTokensMax: number | undefined,
  notes: RequestNotes,
): Printable | undefined {
  const asked = call.reasoning;
  if (asked === undefined) return undefined;
  const wanted = wantedOf(asked);
  const { thinking } = notes.abilities;
  if (wanted.kind === "off") return offFor(thinking, notes);
  const isAsked = wanted.kind !== "unsaid" || (asked.show !== undefined && asked.show !== "omitted");
  if (!isAsked) return undefined;
  if (thinking.kind === "none") return dropped("this model does not think", notes);
  const limit = call.sampling.outputTokensMax ?? outputTokensMax ?? outputTokensDefault;
  const amount =
    thinking.kind === "budget"
      ? budgetFor(wanted, { thinking, limit }, notes)
      : levelFor(wanted, { thinking, limit }, notes);
  if (amount === undefined) return undefined;
  const config = asked.show === "omitted" ? amount : { ...amount, includeThoughts: true };
  return Object.keys(config).length === 0 ? undefined : config;
}

type Wanted =
  | { readonly kind: "off" }
  /** The model decides. */
  | { readonly kind: "dynamic" }
  | { readonly kind: "effort"; readonly effort: Effort; readonly budget?: number }
  | { readonly kind: "budget"; readonly budget: number }
  /** Nothing is said of how much. */
  | { readonly kind: "unsaid" };

function wantedOf({ effort, budgetTokens, adaptive }: NonNullable<Call["reasoning"]>): Wanted {
  if (budgetTokens === 0 || (effort === "none" && budgetTokens === undefined)) return { kind: "off" };
  if (budgetTokens !== undefined && budgetTokens < 0) return { kind: "dynamic" };
  if (effort !== undefined && effort !== "none") {
    return { kind: "effort", effort, ...(budgetTokens === undefined ? {} : { budget: budgetTokens }) };
  }
  if (budgetTokens !== undefined) return { kind: "budget", budget: budgetTokens };
  return { kind: adaptive === true ? "dynamic" : "unsaid" };
}

/** The model's own "off"; the least it can where it has none, declared. */
function offFor(thinking: Thinking, notes: RequestNotes): Printable | undefined {
  switch (thinking.kind) {
    case "none":
      return undefined;
    case "budget":
      if (thinking.off) return { thinkingBudget: 0 };
      notes.warn({
        kind: "changed",
        subject: "reasoning_effort",
        note: `none became ${thinking.min} tokens`,
      });
      return { thinkingBudget: thinking.min };
    case "level": {
      const level = thinking.levels[0] ?? "LOW";
      notes.warn({ kind: "changed", subject: "reasoning_effort", note: `none became ${level}` });
      return { thinkingLevel: level };
    }
  }
}

function dropped(note: string, notes: RequestNotes): undefined {
  notes.warn({ kind: "dropped", subject: "reasoning", note });
  return undefined;
}

interface Room<Kind extends Thinking["kind"]> {
  readonly thinking: Extract<Thinking, { kind: Kind }>;
  /** The output limit, in which thoughts are counted. */
  readonly limit: number;
}

function budgetFor(
  wanted: Exclude<Wanted, { kind: "off" }>,
  { thinking, limit }: Room<"budget">,
  notes: RequestNotes,
): Config | undefined {
  switch (wanted.kind) {
    case "unsaid":
      return {};
    case "dynamic":
      return { thinkingBudget: -1 };
    case "effort": {
      if (wanted.budget !== undefined) return { thinkingBudget: clamped(wanted.budget, thinking, notes) };
      if (limit <= budgetMin) return dropped(`it needs an output limit above ${budgetMin}`, notes);
      const share = Math.floor(budgetShares[wanted.effort] * limit);
      return { thinkingBudget: Math.max(budgetMin, Math.min(share, budgetMax, thinking.max, limit - 1)) };
    }
    case "budget":
      return { thinkingBudget: clamped(wanted.budget, thinking, notes) };
  }
}

function clamped(
  budget: number,
  { min, max }: Extract<Thinking, { kind: "budget" }>,
  notes: RequestNotes,
): number {
  const fitting = Math.min(max, Math.max(min, budget));
  if (fitting !== budget) notes.warn({ kind: "clamped", subject: "budget_tokens", note: `to ${fitting}` });
  return fitting;
}

function levelFor(
  wanted: Exclude<Wanted, { kind: "off" }>,
  { thinking, limit }: Room<"level">,
  notes: RequestNotes,
): Config {
  switch (wanted.kind) {
    case "unsaid":
    case "dynamic":
      return {};
    case "effort":
      return { thinkingLevel: nearest(wanted.effort, thinking.levels, notes) };
    case "budget": {
      // Budgets are still taken from those who know what they do.
      if (notes.source === "gemini-generate") return { thinkingBudget: wanted.budget };
      const effort = effortOf(wanted.budget, limit);
      const thinkingLevel = levelOf(effort, thinking.levels);
      notes.warn({ kind: "changed", subject: "budget_tokens", note: `it became ${thinkingLevel}` });
      return { thinkingLevel };
    }
  }
}

const ranks: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 0,
  low: 1,
  medium: 2,
  high: 3,
  xhigh: 3,
  max: 3,
};
const levelRanks: Readonly<Record<ThinkingLevel, number>> = { MINIMAL: 0, LOW: 1, MEDIUM: 2, HIGH: 3 };

/** The nearest lower level of those the model has, else its lowest. */
function levelOf(effort: Effort, levels: readonly ThinkingLevel[]): ThinkingLevel {
  return levels.findLast((level) => levelRanks[level] <= ranks[effort]) ?? levels[0] ?? "LOW";
}

function nearest(effort: Effort, levels: readonly ThinkingLevel[], notes: RequestNotes): ThinkingLevel {
  const level = levelOf(effort, levels);
  if (level.toLowerCase() !== effort) {
    notes.warn({ kind: "changed", subject: "reasoning_effort", note: `${effort} became ${level}` });
  }
  return level;
}

/** The effort that spends such a budget; the inverse of `budgetShares`. */
function effortOf(budget: number, limit: number): Effort {
  const share = budget / limit;
  if (share <= 0.15) return "minimal";
  if (share <= 0.35) return "low";
  if (share <= 0.65) return "medium";
  return share <= 0.875 ? "high" : "xhigh";
}
