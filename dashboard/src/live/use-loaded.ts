import { useEffect, useState } from "preact/hooks";
import type { AdminError } from "../send.ts";
import { asAdminError } from "./use-polling.ts";

export type Loaded<Data> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly data: Data }
  | { readonly state: "failed"; readonly failure: AdminError };

/** Asks once, and again when `load` changes or on `reload`. */
export function useLoaded<Data>(load: (signal: AbortSignal) => Promise<Data>): {
  readonly loaded: Loaded<Data>;
  readonly reload: () => void;
} {
  const [round, setRound] = useState(0);
  const [loaded, setLoaded] = useState<Loaded<Data>>({ state: "loading" });
  useEffect(() => {
    const leaving = new AbortController();
    load(leaving.signal).then(
      (data) => !leaving.signal.aborted && setLoaded({ state: "ready", data }),
      (thrown: unknown) =>
        !leaving.signal.aborted && setLoaded({ state: "failed", failure: asAdminError(thrown) }),
    );
    return () => leaving.abort();
  }, [load, round]);
  return { loaded, reload: () => setRound((before) => before + 1) };
}
