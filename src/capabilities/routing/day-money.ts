/** What was spent on the current day. */
export interface KeptMoney {
  /** Days since 1970, UTC. */
  readonly day: number;
  readonly spentNanoUsd: number;
}

/** A sum for each day, UTC, that is gone beyond only by what something costs more than was set aside. 10^-9 US dollars. */
export interface DayMoney {
  /**
   * Sets aside what something is expected to cost; false: it is not left today.
   *
   * @param usdPerDay Of the running configuration.
   */
  readonly take: (expectedNanoUsd: number, usdPerDay: number) => boolean;
  /** What it came to. */
  readonly settle: (expectedNanoUsd: number, costNanoUsd: number) => void;
  readonly spentNanoUsd: () => number;
  readonly kept: () => KeptMoney;
}

const dayMs = 24 * 3_600_000;
const nanoPerUsd = 1e9;

/** @param now ms since 1970. */
export function createDayMoney(now: () => number, from?: KeptMoney): DayMoney {
  const today = (): number => Math.floor(now() / dayMs);
  let day = from?.day ?? today();
  let spent = from?.spentNanoUsd ?? 0;
  let setAside = 0;
  const catchUp = (): void => {
    if (day === today()) return;
    day = today();
    spent = 0;
  };
  return {
    take: (expected, usdPerDay) => {
      catchUp();
      if (spent + setAside + expected > usdPerDay * nanoPerUsd) return false;
      setAside += expected;
      return true;
    },
    settle: (expected, cost) => {
      catchUp();
      setAside = Math.max(0, setAside - expected);
      spent += cost;
    },
    spentNanoUsd: () => {
      catchUp();
      return spent;
    },
    kept: () => {
      catchUp();
      return { day, spentNanoUsd: spent };
    },
  };
}
