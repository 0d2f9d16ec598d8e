/** How late first words come, held against what they take where a target is not busy. */
export interface FirstWords {
  /** @returns Whether those of late come late. @param tokens Of the prompt and the answer, which the time grows with. */
  readonly came: (ms: number, tokens: number) => boolean;
  /** What was late is over: those that come now count. */
  readonly forget: () => void;
}

/** Requests of about one size are held against each other: one class for each doubling of tokens. */
const sizes = 24;
/** The time that one in five is below, found by small steps. */
const quantile = 0.2;
const step = 0.01;
const memory = 0.1;
const lateTimes = 2;
const lateMs = 200;

/**
 * The ratio of a first word's time to that of a quiet target of the same work, averaged over the last few.
 *
 * Source: intelligence specification, part 9 (work-normalised time); the quantile after Robbins and Monro, 1951, in steps that
 * are a share of the value.
 */
export function createFirstWords(): FirstWords {
  const usual = new Float64Array(sizes);
  let times = 1;
  let excessMs = 0;
  return {
    came: (ms, tokens) => {
      const size = Math.min(sizes - 1, Math.floor(Math.log2(Math.max(1, tokens))));
      const known = usual[size] ?? 0;
      if (known === 0) {
        usual[size] = Math.max(1, ms);
        return false;
      }
      usual[size] = Math.max(1, known * (ms < known ? 1 - step * (1 - quantile) : 1 + step * quantile));
      times += memory * (ms / known - times);
      excessMs += memory * (ms - known - excessMs);
      return times > lateTimes && excessMs > lateMs;
    },
    forget: () => {
      times = 1;
      excessMs = 0;
    },
  };
}
