import { useCallback, useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { clock } from "../../format/time.ts";
import { readRequest } from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { StatusMark } from "../../parts/status-mark.tsx";
import { navigate } from "../../router.ts";
import type { AdminError } from "../../send.ts";
import { RequestView } from "./request-view.tsx";

/** Narrower windows have no room beside the log: there the panel covers it. The style sheet has the same width. */
const narrow = "(width < 820px)";

/** One request beside the log. Esc closes it; where the list behind it can be seen, it can still be used. */
export function RequestPanel(props: {
  readonly id: string;
  readonly neighbours: { readonly newer: string | undefined; readonly older: string | undefined };
  readonly linkTo: (id: string) => string;
  readonly onClose: () => void;
}) {
  const { id, neighbours, linkTo, onClose } = props;
  const load = useCallback((signal: AbortSignal) => readRequest(id, { signal }), [id]);
  const { loaded, reload } = useLoaded(load);
  // While the next one loads, the one before stays, under its own id.
  const shownId = loaded.state === "ready" ? loaded.data.id : id;
  const panel = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (matchMedia(narrow).matches) panel.current?.showModal();
    else panel.current?.show();
    heading.current?.focus();
  }, []);
  const close = useCallback(() => {
    // Closed before it is taken away: what stands behind a modal one takes no focus while it is open.
    panel.current?.close();
    onClose();
  }, [onClose]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      close();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [close]);
  return (
    <dialog
      ref={panel}
      class="panel"
      aria-labelledby="request"
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <div class="panel-head">
        <h2 id="request" tabIndex={-1} ref={heading}>
          Request
          {loaded.state === "ready" ? <span class="muted"> {clock(loaded.data.at)}</span> : null}
        </h2>
        {loaded.state === "ready" ? <StatusMark {...loaded.data} /> : null}
        <span class="panel-tools">
          <Step name="Newer request" icon="up" to={neighbours.newer && linkTo(neighbours.newer)} />
          <Step name="Older request" icon="down" to={neighbours.older && linkTo(neighbours.older)} />
          <button type="button" class="quiet" aria-label="Close" title="Close (Esc)" onClick={close}>
            <Icon name="close" />
          </button>
        </span>
      </div>
      <div class="panel-body">
        <p class="request-id">
          <code>{shownId}</code>
          <CopyButton text={shownId} label="request id" />
        </p>
        {loaded.state === "failed" ? <Failed failure={loaded.failure} retry={reload} /> : null}
        {loaded.state === "loading" ? <div class="panel-skeleton" aria-busy="true" /> : null}
        {loaded.state === "ready" ? <RequestView record={loaded.data} /> : null}
      </div>
    </dialog>
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
