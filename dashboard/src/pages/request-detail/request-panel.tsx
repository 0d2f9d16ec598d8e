import { useCallback } from "preact/hooks";
import { clock } from "../../format/time.ts";
import { readRequest } from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Panel } from "../../parts/panel.tsx";
import { StatusMark } from "../../parts/status-mark.tsx";
import { navigate } from "../../router.ts";
import type { AdminError } from "../../send.ts";
import { RequestView } from "./request-view.tsx";

/** One request beside the log. */
export function RequestPanel(props: {
  readonly id: string;
  readonly neighbours: { readonly newer: string | undefined; readonly older: string | undefined };
  readonly linkTo: (id: string) => string;
  readonly onClose: () => void;
}) {
  const { id, neighbours, linkTo } = props;
  const load = useCallback((signal: AbortSignal) => readRequest(id, { signal }), [id]);
  const { loaded, reload } = useLoaded(load);
  const record = loaded.state === "ready" ? loaded.data : undefined;
  // While the next one loads, the one before stays, under its own id.
  const shownId = record?.id ?? id;
  return (
    <Panel
      id="request"
      heading={
        <>
          Request
          {record === undefined ? null : <span class="muted"> {clock(record.at)}</span>}
        </>
      }
      mark={record === undefined ? null : <StatusMark {...record} />}
      tools={
        <>
          <Step name="Newer request" icon="up" to={neighbours.newer && linkTo(neighbours.newer)} />
          <Step name="Older request" icon="down" to={neighbours.older && linkTo(neighbours.older)} />
        </>
      }
      onClose={props.onClose}
    >
      <p class="request-id">
        <code>{shownId}</code>
        <CopyButton text={shownId} label="request id" />
      </p>
      {loaded.state === "failed" ? <Failed failure={loaded.failure} retry={reload} /> : null}
      {loaded.state === "loading" ? <div class="panel-skeleton" aria-busy="true" /> : null}
      {record === undefined ? null : <RequestView record={record} />}
    </Panel>
  );
}

function Failed(props: { readonly failure: AdminError; readonly retry: () => void }) {
  if (props.failure.status !== 404)
    return <FailureNote failure={props.failure} retry={props.retry} isStale={false} />;
  return (
    <div class="empty" role="alert">
      <h3>The log has no such request</h3>
      <p class="muted">The link is wrong, or the request is older than the log is kept.</p>
    </div>
  );
}

function Step(props: {
  readonly name: string;
  readonly icon: "up" | "down";
  readonly to: string | undefined;
}) {
  const { name, icon, to } = props;
  return (
    <button
      type="button"
      class="quiet"
      aria-label={name}
      title={name}
      disabled={to === undefined}
      onClick={() => to !== undefined && navigate(to, { replace: true })}
    >
      <Icon name={icon} />
    </button>
  );
}
