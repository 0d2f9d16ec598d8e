import type { LearnedState, RouteState } from "../gateway/control.ts";
import { sampleDecision, startedAt } from "./control-samples.test-support.ts";

export const sampleLearned: LearnedState = {
  budgetNanoUsd: 1_000_000,
  price: 0.04,
  creditNanoUsd: 20_000_000,
  isFrozen: false,
  coverage: [{ target: "openai/gpt-5", share: 0.91 }],
  arms: [{ model: "gpt-5", mean: 0.9, low: 0.84, n: 120, shifts: 1, kept: 0.97 }],
};

/** A pool that learns. */
export const sampleLearnedRoute: RouteState = {
  name: "thrifty",
  rules: {
    strategy: "learned",
    weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
    budget: { ofReference: 0.5 },
    guard: { tolerance: 0.02, share: 0.01, usdPerDay: 5 },
    minContract: 0.9,
    expose: "strategy",
  },
  learned: sampleLearned,
  contracts: [{ model: "gpt-5", share: 0.97, checked: 31.5 }],
  oversight: {
    guard: {
      ...{ phase: "guarded", since: startedAt, pairs: 200, begunAt: startedAt },
      ...{ difference: -0.05, upper: -0.03, spentNanoUsd: 500_000_000 },
    },
    judge: { graded: 12, meanGrade: 0.8, spentNanoUsd: 100_000_000 },
    unseen: { money: 3 },
  },
  decisions: [
    {
      ...sampleDecision,
      strategy: "learned",
      chosenBy: "explore",
      propensity: 0.005,
      learned: {
        shape: "code",
        budgetNanoUsd: 1_000_000,
        price: 0.04,
        creditNanoUsd: 20_000_000,
        isOutOfCredit: false,
        cascade: {
          ...{ first: "openai/gpt-5-mini", second: "openai/gpt-5", rightShare: 0.8, escalatedShare: 0.05 },
          ...{ costNanoUsd: 600_000, costHighNanoUsd: 12_000_000 },
          alone: { name: "openai/gpt-5", costNanoUsd: 10_000_000 },
        },
        propensities: { "openai/gpt-5": 0.005, "anthropic/claude-haiku-4-5": 0.995 },
      },
      requestId: "req_2",
      at: 1_767_225_600_000,
    },
  ],
};
