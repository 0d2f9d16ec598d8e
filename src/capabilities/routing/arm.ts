/** One arm as a learned choice weighs it. Costs are in the unit of the budget. */
export interface Arm {
  readonly id: string;
  /** How good its answer will be, 0 to 1. */
  readonly quality: number;
  /** How likely it answers, 0 to 1. */
  readonly health: number;
  readonly cost: number;
  /** Nine of ten answers cost less. */
  readonly costHigh: number;
  readonly seconds: number;
  /** How likely its answer holds the contract; what does not goes to nobody, if another is asked then. Absent: always. */
  readonly keeps?: number | undefined;
  /** How good its answer will be to what another has failed at; absent: as good as ever. */
  readonly rescues?: number | undefined;
  /** It still needs to be asked to be known: judgements below 20, or a change was noticed. */
  readonly isNew: boolean;
  /** It is so new that it has hardly been asked: less than twenty times. Absent: it has been. */
  readonly isUnasked?: boolean;
}
