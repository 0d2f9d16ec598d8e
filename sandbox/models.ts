/** A simulated model: how fast it is, how much it takes, how it behaves. */
export interface SandboxModel {
  readonly name: string;
  readonly title: string;
  /** Median time to the first token, in milliseconds; the draw is log-normal. */
  readonly ttftMs: number;
  /** Standard deviation of the logarithm of the time to the first token. */
  readonly ttftSigma: number;
  /** Mean output tokens per second; single gaps vary by `jitter` of their length both ways. */
  readonly rate: number;
  readonly jitter: number;
  /** Tokens of prompt and answer together. */
  readonly contextTokens: number;
  readonly outputTokensMax: number;
  /** What it is asked for: answers in words or vectors. */
  readonly purpose: "words" | "vectors";
  readonly isReasoning: boolean;
  /** Calls the tools it is given without being asked by name. */
  readonly isEager: boolean;
  /** Chance in [0, 1] that a call fails. */
  readonly faultChance: number;
  /** The failover scenario it plays: 1 to 16, or 0 for none of them. */
  readonly storm?: number;
  /** An assistant turn at the end is answered with 400. */
  readonly refusesPrefill?: true;
}

const ordinary = {
  ttftSigma: 0.25,
  jitter: 0.3,
  contextTokens: 128_000,
  outputTokensMax: 16_384,
  purpose: "words",
  isReasoning: false,
  isEager: false,
  faultChance: 0,
} as const;

/** Every simulated model. Source of the figures: AI models specification, part 21. */
export const sandboxModels: readonly SandboxModel[] = [
  { ...ordinary, name: "sandbox-swift", title: "Sandbox Swift", ttftMs: 80, rate: 200 },
  { ...ordinary, name: "sandbox-steady", title: "Sandbox Steady", ttftMs: 250, rate: 80 },
  { ...ordinary, name: "sandbox-deep", title: "Sandbox Deep", ttftMs: 1500, rate: 60, isReasoning: true },
  { ...ordinary, name: "sandbox-tools", title: "Sandbox Tools", ttftMs: 250, rate: 80, isEager: true },
  { ...ordinary, name: "sandbox-vision", title: "Sandbox Vision", ttftMs: 400, rate: 80 },
  {
    ...ordinary,
    name: "sandbox-embed",
    title: "Sandbox Embed",
    ttftMs: 60,
    rate: 200,
    contextTokens: 300_000,
    outputTokensMax: 1,
    purpose: "vectors",
  },
  { ...ordinary, name: "sandbox-flaky", title: "Sandbox Flaky", ttftMs: 250, rate: 80, faultChance: 0.05 },
  {
    ...ordinary,
    name: "sandbox-tiny",
    title: "Sandbox Tiny",
    ttftMs: 80,
    rate: 200,
    contextTokens: 2_048,
    outputTokensMax: 1_024,
  },
  { ...ordinary, name: "sandbox-eu", title: "Sandbox EU", ttftMs: 250, rate: 80 },
  { ...ordinary, name: "sandbox-us", title: "Sandbox US", ttftMs: 250, rate: 80 },
];

const storm = { ...ordinary, ttftMs: 15, ttftSigma: 0, rate: 1000 / 15, jitter: 0 };
const storms: readonly SandboxModel[] = [
  ...Array.from({ length: 16 }, (_, index) => {
    const name = `s${String(index + 1).padStart(2, "0")}`;
    return { ...storm, name: `sandbox-storm-${name}`, title: `Sandbox Storm ${name}`, storm: index + 1 };
  }),
  { ...storm, name: "sandbox-storm-calm", title: "Sandbox Storm Calm", storm: 0 },
  {
    ...storm,
    name: "sandbox-storm-strict",
    title: "Sandbox Storm Strict",
    storm: 0,
    refusesPrefill: true,
  },
];

/** Storms are found by name; lists do not have them. */
const byName = new Map([...sandboxModels, ...storms].map((model) => [model.name, model]));

/** What a request's model name asks for: the model, and what was written behind a `+`. */
export interface NamedModel {
  readonly model: SandboxModel;
  readonly suffix: string;
}

/** Reads `swift`, `sandbox-swift`, `sandbox/swift` or `sandbox/sandbox-swift`, each perhaps with `+fault=…` behind. */
export function findModel(asked: string): NamedModel | undefined {
  const plus = asked.indexOf("+");
  const base = plus < 0 ? asked : asked.slice(0, plus);
  const model = byName.get(`sandbox-${base.replace(/^sandbox\//, "").replace(/^sandbox-/, "")}`);
  return model && { model, suffix: plus < 0 ? "" : asked.slice(plus + 1) };
}
