import { useCallback, useState } from "preact/hooks";
import { FailureNote } from "../../parts/failure-note.tsx";
import { FirstRequest } from "../../parts/first-request.tsx";
import { Icon } from "../../parts/icon.tsx";
import { focusRow } from "../../parts/panel.tsx";
import { navigate } from "../../router.ts";
import { RequestPanel } from "../request-detail/request-panel.tsx";
import { isEverything, printFilter, type RequestFilter, readFilter } from "./request-filter.ts";
import { RequestFilters } from "./request-filters.tsx";
import { RequestTable } from "./request-table.tsx";
import { type RequestLog, useRequestLog } from "./use-request-log.ts";

/** The request log: filtered, followed, and each request in detail. */
export function RequestsPage(props: {
  readonly query: URLSearchParams;
  readonly openId: string | undefined;
}) {
  const { openId } = props;
  const filter = readFilter(props.query);
  const suffix = printFilter(filter);
  const [isFollowing, setFollowing] = useState(true);
  const log = useRequestLog(filter, isFollowing);
  const linkTo = useCallback((id: string) => `/requests/${encodeURIComponent(id)}${suffix}`, [suffix]);
  const close = useCallback(() => {
    navigate(`/requests${suffix}`);
    if (openId !== undefined) focusRow(linkTo(openId));
  }, [suffix, openId, linkTo]);
  const change = (changed: RequestFilter): void =>
    navigate(`/requests${printFilter(changed)}`, { replace: true });
  return (
    <div class="page">
      <div class="page-head">
        <h1>Requests</h1>
        <button
          type="button"
          class="switch"
          role="switch"
          aria-checked={isFollowing}
          onClick={() => setFollowing(!isFollowing)}
        >
          Live tail
        </button>
        <button type="button" class="quiet" aria-label="Read again" title="Read again" onClick={log.reload}>
          <Icon name="refresh" />
        </button>
      </div>
      <RequestFilters filter={filter} seenModels={modelsOf(log)} onChange={change} />
      {log.failure === undefined ? null : (
        <FailureNote failure={log.failure} retry={log.reload} isStale={log.shown !== undefined} />
      )}
      <p class="visually-hidden" role="status">
        {foundText(log)}
      </p>
      <Listed
        log={log}
        filter={filter}
        openId={openId}
        linkTo={linkTo}
        onClear={() => navigate("/requests")}
      />
      {openId === undefined ? null : (
        <RequestPanel id={openId} neighbours={neighbours(log, openId)} linkTo={linkTo} onClose={close} />
      )}
    </div>
  );
}

function Listed(props: {
  readonly log: RequestLog;
  readonly filter: RequestFilter;
  readonly openId: string | undefined;
  readonly linkTo: (id: string) => string;
  readonly onClear: () => void;
}) {
  const { log, filter } = props;
  if (log.shown === undefined)
    return log.failure === undefined ? <div class="card table-skeleton" aria-busy="true" /> : null;
  const { rows, arrived, older } = log.shown;
  if (rows.length === 0 && isEverything(filter)) return <FirstRequest />;
  if (rows.length === 0) {
    return (
      <div class="card empty">
        <h2>No request fits this filter</h2>
        <p class="muted">
          The log was searched as far back as it goes.
          {filter.model === ""
            ? ""
            : " A model is compared by its whole name; the search finds parts of one."}
        </p>
        <button type="button" class="button" onClick={props.onClear}>
          Show all requests
        </button>
      </div>
    );
  }
  return (
    <div class="listed" aria-busy={log.isStale}>
      <div class="card flush">
        <RequestTable rows={rows} arrived={arrived} openId={props.openId} linkTo={props.linkTo} />
      </div>
      <div class="table-foot">
        {older === null ? (
          <p class="muted">This is the whole log.</p>
        ) : (
          <button type="button" class="button" disabled={log.isLoadingOlder} onClick={log.loadOlder}>
            {log.isLoadingOlder ? "Reading …" : "Older requests"}
          </button>
        )}
      </div>
    </div>
  );
}

/** For those who cannot see the table change; silent about what comes by following. */
function foundText({ shown, isStale }: RequestLog): string {
  if (shown === undefined || isStale) return "";
  return shown.firstCount === 1 ? "1 request shown" : `${shown.firstCount} requests shown`;
}

function modelsOf(log: RequestLog): readonly string[] {
  const models = new Set(log.shown?.rows.map(({ model }) => model));
  return [...models].filter((model) => model !== null);
}

/** The rows before and after the open one. */
function neighbours(log: RequestLog, openId: string) {
  const rows = log.shown?.rows ?? [];
  const place = rows.findIndex(({ id }) => id === openId);
  return { newer: rows[place - 1]?.id, older: place === -1 ? undefined : rows[place + 1]?.id };
}
