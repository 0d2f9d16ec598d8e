import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type LoggedRequest, listRequests } from "../../generated/client.ts";
import { asAdminError } from "../../live/use-polling.ts";
import type { AdminError } from "../../send.ts";
import { type Found, follow } from "./follow.ts";
import { mergeRows } from "./merge-rows.ts";
import { asQuery, printFilter, type RequestFilter } from "./request-filter.ts";

const pageSize = 50;
const retryMs = 3000;
/** Rows kept while following; older ones come back by paging. */
const rowsMax = 1000;

interface Rows {
  /** The filter that they are of. */
  readonly filter: string;
  readonly rows: readonly LoggedRequest[];
  /** Leads to the next older page; `null` at the end of the log. */
  readonly older: string | null;
  /** How many there were when the filter was set; the rest came by following or paging. */
  readonly firstCount: number;
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
        setShown({
          filter: wanted,
          rows: requests,
          older: next,
          firstCount: requests.length,
          arrived: new Set(),
        });
        setFailure(undefined);
      },
      (thrown: unknown) => signal.aborted || setFailure(asAdminError(thrown)),
    );
    return () => leaving.abort();
  }, [query, round]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    // The first page failed: nothing is followed yet that would find the gateway again.
    if (failure === undefined || isReady) return undefined;
    const timer = setTimeout(reload, retryMs);
    return () => clearTimeout(timer);
  }, [failure, isReady, reload]);

  useEffect(() => {
    if (!isFollowing || !isReady) return undefined;
    const leaving = new AbortController();
    const { signal } = leaving;
    const onFound = (found: Found): void => {
      setFailure(undefined);
      setShown((before) => before && withArrived(before, found));
    };
    void follow({ query, newestId: () => newest.current, onFound, onFailure: setFailure, signal });
    return () => leaving.abort();
  }, [query, isFollowing, isReady]);

  const loadOlder = useCallback(() => {
    const before = shown?.older ?? null;
    if (before === null) return;
    setLoadingOlder(true);
    listRequests({ ...query, limit: pageSize, before })
      .then(({ requests, next }) =>
        setShown((now) => {
          // Meanwhile another filter was set, or so much came that the tail begins elsewhere.
          if (now?.filter !== wanted || now.older !== before) return now;
          return { ...now, rows: mergeRows(now.rows, requests), older: next };
        }),
      )
      .catch((thrown: unknown) => setFailure(asAdminError(thrown)))
      .finally(() => setLoadingOlder(false));
  }, [query, wanted, shown?.older]);

  const isStale = shown !== undefined && !isReady && failure === undefined;
  return {
    shown,
    failure,
    isStale,
    isLoadingOlder,
    loadOlder,
    reload,
  };
}

function withArrived(before: Rows, { rows: fresh, isCut }: Found): Rows {
  const known = new Set(before.rows.map(({ id }) => id));
  const newIds = fresh.map(({ id }) => id).filter((id) => !known.has(id));
  if (newIds.length === 0) return before;
  const arrived = new Set([...before.arrived, ...newIds]);
  // Nothing in common: what lies between was never read, so the older rows cannot be shown as their neighbours.
  const hasGap = isCut && newIds.length === fresh.length;
  const rows = hasGap ? fresh : mergeRows(before.rows, fresh);
  if (!hasGap && rows.length <= rowsMax) return { ...before, rows, arrived };
  const kept = rows.slice(0, rowsMax);
  return { ...before, rows: kept, arrived, older: kept.at(-1)?.id ?? null };
}
