import { useEffect, useState } from "preact/hooks";
import { AdminError } from "../send.ts";
import { pause } from "./pause.ts";
import { whenVisible } from "./when-visible.ts";

/** What was last heard, and what went wrong since. */
export interface Polled<Data> {
  readonly data: Data | undefined;
  /** The newest attempt's failure; `undefined` once one succeeds again. `data` stays. */
  readonly failure: AdminError | undefined;
  /** Asks again now. */
  readonly retry: () => void;
}

/**
 * Asks now and `everyMs` after each answer; not while the page is hidden, nor after we are signed out.
 *
 * @param load Must not change between renders (a module's function, or memoised).
 */
export function usePolling<Data>(
  load: (signal: AbortSignal) => Promise<Data>,
  everyMs: number,
): Polled<Data> {
  const [round, setRound] = useState(0);
  const [heard, setHeard] = useState<Omit<Polled<Data>, "retry">>({ data: undefined, failure: undefined });
  useEffect(() => {
    const leaving = new AbortController();
    void poll(load, {
      everyMs,
      signal: leaving.signal,
      onData: (data) => setHeard({ data, failure: undefined }),
      onFailure: (failure) => setHeard(({ data }) => ({ data, failure })),
    });
    return () => leaving.abort();
  }, [load, everyMs, round]);
  return { ...heard, retry: () => setRound((before) => before + 1) };
}

async function poll<Data>(
  load: (signal: AbortSignal) => Promise<Data>,
  how: {
    readonly everyMs: number;
    readonly signal: AbortSignal;
    readonly onData: (data: Data) => void;
    readonly onFailure: (failure: AdminError) => void;
  },
): Promise<void> {
  const { signal } = how;
  while (!signal.aborted) {
    try {
      const data = await load(signal);
      if (!signal.aborted) how.onData(data);
    } catch (thrown) {
      if (signal.aborted) return;
      const failure = asAdminError(thrown);
      how.onFailure(failure);
      if (failure.status === 401) return;
    }
    await pause(how.everyMs, signal);
    await whenVisible(signal);
  }
}

/** Whatever was thrown, as something to show. */
export function asAdminError(thrown: unknown): AdminError {
  if (thrown instanceof AdminError) return thrown;
  return new AdminError({ code: "dashboard", message: `The dashboard failed: ${String(thrown)}` }, 0);
}
