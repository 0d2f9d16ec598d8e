/** How many requests are inside. A value holder owned by one process; both functions are called on one thread. */
export interface InFlight {
  /** Takes a place; `false` when all `max` are taken. */
  readonly enter: (max: number) => boolean;
  readonly leave: () => void;
  readonly count: () => number;
}

export function createInFlight(): InFlight {
  let count = 0;
  return {
    enter: (max) => {
      if (count >= max) return false;
      count += 1;
      return true;
    },
    leave: () => {
      count -= 1;
    },
    count: () => count,
  };
}
