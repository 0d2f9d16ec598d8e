import type { AbilityValues } from "../../exchange/abilities.ts";

/** What the built-in simulated provider is called; its models are `sandbox/…` everywhere. */
export const sandboxProvider = "sandbox";

/** The simulated models that are shown, without the provider's name. */
export const sandboxModelNames = [
  "swift",
  "steady",
  "deep",
  "tools",
  "vision",
  "embed",
  "flaky",
  "tiny",
] as const;

/** Invented prices in US dollars per million tokens: nothing is ever billed, but every figure on the way is exercised. */
export const sandboxPrices = [
  { model: "*", input: "0.50", cacheRead: "0.05", output: "2.00" },
  { model: "*deep", input: "3.00", cacheRead: "0.30", output: "15.00" },
] as const;

/** What its models are made to lack, so that refusals can be seen. */
export const sandboxAbilitiesOf = (model: string): AbilityValues =>
  model.endsWith("tiny") ? { contextTokens: 2048, inputs: ["text"] } : {};
