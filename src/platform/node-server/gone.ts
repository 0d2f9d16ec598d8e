/** Who is to be told that a client is gone. */
export interface Gone {
  readonly isGone: () => boolean;
  /** As `onGone` of a reply. */
  readonly on: (gone: () => void) => () => void;
  /** The client is gone: all are told, in the order in which they came. */
  readonly tell: () => void;
}

export function createGone(): Gone {
  let listeners: readonly (() => void)[] = [];
  let isGone = false;
  return {
    isGone: () => isGone,
    on: (gone) => {
      if (isGone) {
        gone();
        return nothing;
      }
      listeners = [...listeners, gone];
      return () => {
        listeners = listeners.filter((one) => one !== gone);
      };
    },
    tell: () => {
      if (isGone) return;
      isGone = true;
      for (const gone of listeners) gone();
      listeners = [];
    },
  };
}

const nothing = (): void => undefined;
