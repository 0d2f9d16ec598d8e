import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type LoggedRequest, listRequests } from "../../generated/client.ts";
import { asAdminError } from "../../live/use-polling.ts";
import type { AdminError } from "../../send.ts";
import { follow } from "./follow.ts";
import { mergeRows } from "./merge-rows.ts";
import { asQuery, printFilter, type RequestFilter } from "./request-filter.ts";

const pageSize = 50;
/** Rows kept while following; older ones come back by paging. */
const rowsMax = 1000;

interface Rows {
  /** The filter that they are of. */
  readonly filter: string;
  readonly rows: readonly LoggedRequest[];
  /** Leads to the next older page; `null` at the end of the log. */
  readonly older: string | null;
  /** Ids that came while we were watching. */
  readonly arrived: ReadonlySet<string>;
}

/** The part of the request log that is shown. */
export interface RequestLog {
  /** `undefined` until the first page has come. */
  readonly shown: Rows | undefined;
  readonly failure: AdminError | undefined;
  /** Whether what is shown is of the filter before, while the new one is asked for. */
  readonly isStale: boolean;
  readonly isLoadingOlder: boolean;
  readonly loadOlder: () => void;
  readonly reload: () => void;
}

/** The log as `filter` wants it, from the newest on; `isFollowing`: new requests come in by themselves. */
export function useRequestLog(filter: RequestFilter, isFollowing: boolean): RequestLog {
  const wanted = printFilter(filter);
  const query = useMemo(() => asQuery(filter), [wanted]);
  const [round, setRound] = useState(0);
  const [shown, setShown] = useState<Rows | undefined>(undefined);
  const [failure, setFailure] = useState<AdminError | undefined>(undefined);
  const [isLoadingOlder, setLoadingOlder] = useState(false);
  const newest = useRef<string | undefined>(undefined);
  newest.current = shown?.rows[0]?.id;
  const isReady = shown?.filter === wanted;

  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    listRequests({ ...query, limit: pageSize }, { signal }).then(
      ({ requests, next }) => {
        if (signal.aborted) return;
        setShown({ filter: wanted, rows: requests, older: next, arrived: new Set() });
        setFailure(undefined);
      },
      (thrown: unknown) => signal.aborted || setFailure(asAdminError(thrown)),
    );
    return () => leaving.abort();
  }, [query, round]);

  useEffect(() => {
    if (!isFollowing || !isReady) return undefined;
    const leaving = new AbortController();
    const { signal } = leaving;
    const onRows = (fresh: readonly LoggedRequest[]): void => {
      setFailure(undefined);
      setShown((before) => before && withArrived(before, fresh));
    };
    void follow({ query, newestId: () => newest.current, onRows, onFailure: setFailure, signal });
    return () => leaving.abort();
  }, [query, isFollowing, isReady]);

  const loadOlder = useCallback(() => {
    const before = shown?.older ?? null;
    if (before === null) return;
    setLoadingOlder(true);
    listRequests({ ...query, limit: pageSize, before })
      .then(({ requests, next }) =>
        setShown((now) => now && { ...now, rows: mergeRows(now.rows, requests), older: next }),
      )
      .catch((thrown: unknown) => setFailure(asAdminError(thrown)))
      .finally(() => setLoadingOlder(false));
  }, [query, shown?.older]);

  const isStale = shown !== undefined && !isReady && failure === undefined;
  return {
    shown,
    failure,
    isStale,
    isLoadingOlder,
    loadOlder,
    reload: () => setRound((before) => before + 1),
  };
}

function withArrived(before: Rows, fresh: readonly LoggedRequest[]): Rows {
  const merged = mergeRows(before.rows, fresh);
  if (merged === before.rows) return before;
  const known = new Set(before.rows.map(({ id }) => id));
  const arrived = new Set([...before.arrived, ...fresh.map(({ id }) => id).filter((id) => !known.has(id))]);
  if (merged.length <= rowsMax) return { ...before, rows: merged, arrived };
  const rows = merged.slice(0, rowsMax);
  return { ...before, rows, arrived, older: rows.at(-1)?.id ?? null };
}
