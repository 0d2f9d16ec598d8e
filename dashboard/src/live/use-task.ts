import { useState } from "preact/hooks";
import { asAdminError } from "./use-polling.ts";

/** Something that is done once by hand: whether it is being done, and why it was not. */
export interface Task {
  readonly isBusy: boolean;
  readonly problem: string | undefined;
  /** Does it; nothing while it is being done. */
  readonly run: (work: () => Promise<unknown>) => void;
}

/** For whatever is sent by a button. */
export function useTask(): Task {
  const [state, setState] = useState<Omit<Task, "run">>({ isBusy: false, problem: undefined });
  const run = (work: () => Promise<unknown>): void => {
    if (state.isBusy) return;
    setState({ isBusy: true, problem: undefined });
    work().then(
      () => setState({ isBusy: false, problem: undefined }),
      (thrown: unknown) => setState({ isBusy: false, problem: asAdminError(thrown).message }),
    );
  };
  return { ...state, run };
}
