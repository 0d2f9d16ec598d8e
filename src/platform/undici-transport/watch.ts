/** Goes off after a silence, unless it is told of life before. */
export interface Watch {
  /** From now on a silence of this length counts; above 24 days none does. */
  readonly start: (spanMs: number) => void;
  /** There was life. */
  readonly refresh: () => void;
  readonly stop: () => void;
}

const spanMsMax = 2_147_483_647;

export function createWatch(goOff: () => void): Watch {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    start: (spanMs) => {
      stop();
      if (spanMs <= spanMsMax) timer = setTimeout(goOff, spanMs);
    },
    refresh: () => void timer?.refresh(),
    stop,
  };
}
