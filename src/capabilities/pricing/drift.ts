/** What a provider said that calls of one model cost, and what they cost by our book. */
export interface Drift {
  readonly provider: string;
  readonly model: string;
  /** Calls compared: the last ones. */
  readonly calls: number;
  readonly oursNanoUsd: number;
  readonly reportedNanoUsd: number;
  /** Whether the book and the provider disagree by more than can be chance. */
  readonly isAlarming: boolean;
}

/** Compares our cost with the provider's own, call by call. Bounded; a holder of state that one gateway owns. */
export interface DriftWatch {
  /** @returns The drift, when this call has made it alarming. */
  readonly compare: (
    of: Pick<Drift, "provider" | "model">,
    costs: { readonly ours: number; readonly reported: number },
  ) => Drift | undefined;
  readonly list: () => readonly Drift[];
}

/** Above 1 % over 100 calls. Source: AI models specification, part 18. */
const callsMax = 100;
const shareMax = 0.01;
const modelsMax = 500;

export function createDriftWatch(): DriftWatch {
  const models = new Map<string, { provider: string; model: string; ours: number[]; reported: number[] }>();
  const driftOf = ({
    provider,
    model,
    ours,
    reported,
  }: NonNullable<ReturnType<typeof models.get>>): Drift => {
    const [oursNanoUsd, reportedNanoUsd] = [sum(ours), sum(reported)];
    const isFar = Math.abs(oursNanoUsd - reportedNanoUsd) > shareMax * reportedNanoUsd;
    return {
      provider,
      model,
      calls: ours.length,
      oursNanoUsd,
      reportedNanoUsd,
      isAlarming: ours.length >= callsMax && isFar,
    };
  };
  return {
    compare: ({ provider, model }, { ours, reported }) => {
      const key = `${provider}\n${model}`;
      const known = models.get(key) ?? { provider, model, ours: [], reported: [] };
      if (!models.has(key) && models.size >= modelsMax) return undefined;
      models.set(key, known);
      const before = driftOf(known);
      known.ours = [...known.ours, ours].slice(-callsMax);
      known.reported = [...known.reported, reported].slice(-callsMax);
      const drift = driftOf(known);
      return drift.isAlarming && !before.isAlarming ? drift : undefined;
    },
    list: () => [...models.values()].map(driftOf),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
