/** Answers that were looked at, older ones counting for less; `sum` of them were good. */
interface Tally {
  readonly sum: number;
  readonly count: number;
}

/** Of the answers of a model that were held against a contract. */
export interface Kept {
  /** Of those that were checked, 0 to 1. */
  readonly share: number;
  /** How many were, older ones counting for less. */
  readonly checked: number;
}

/** How often the models of one route hold the contracts of their answers. */
export interface ContractMemory {
  /** An answer was held against its contract. */
  readonly checked: (model: string, isKept: boolean) => void;
  /**
   * It was asked after another had failed, or such an answer was judged: `sum` more of its quality in `count` more
   * answers. What is hard for one is harder for all: that says nothing of other requests.
   */
  readonly rescued: (model: string, more: Tally) => void;
  /** How likely an answer holds its contract, with what is usual until some have been checked. */
  readonly keeps: (model: string) => number;
  /** What was seen of it; `undefined`: none of its answers was checked. */
  readonly contractsOf: (model: string) => Kept | undefined;
}

export interface Contracts extends ContractMemory {
  /** How good its answer is to what another has failed at; as good as ever until some are known. */
  readonly rescues: (model: string, quality: number) => number;
  readonly state: () => ContractsState;
}

export interface ContractsState {
  readonly contracts: ReadonlyMap<string, Tally> | undefined;
  readonly rescues: ReadonlyMap<string, Tally> | undefined;
}

const nothing: Tally = { sum: 0, count: 0 };
/** What is taken for granted of a model: so many answers, nearly all of them kept. */
const usual: Tally = { sum: 19, count: 20 };
/** So many answers after another's failure are taken to be as good as ever. */
const usualRescues = 20;
const memory = 0.9995;

export function createContracts(from?: Partial<ContractsState>): Contracts {
  const contracts = new Map(from?.contracts);
  const rescues = new Map(from?.rescues);
  return {
    checked: (model, isKept) => add(contracts, model, { sum: isKept ? 1 : 0, count: 1 }),
    rescued: (model, more) => add(rescues, model, more),
    keeps: (model) => {
      const { sum, count } = contracts.get(model) ?? nothing;
      return (sum + usual.sum) / (count + usual.count);
    },
    rescues: (model, quality) => {
      const { sum, count } = rescues.get(model) ?? nothing;
      return (sum + usualRescues * quality) / (count + usualRescues);
    },
    contractsOf: (model) => {
      const known = contracts.get(model);
      return known && { share: known.sum / known.count, checked: known.count };
    },
    state: () => ({ contracts: new Map(contracts), rescues: new Map(rescues) }),
  };
}

function add(tallies: Map<string, Tally>, model: string, more: Tally): void {
  const { sum, count } = tallies.get(model) ?? nothing;
  const fading = memory ** more.count;
  tallies.set(model, { sum: fading * sum + more.sum, count: fading * count + more.count });
}
