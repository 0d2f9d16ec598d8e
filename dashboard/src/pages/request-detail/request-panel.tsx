import { useCallback, useEffect, useRef } from "preact/hooks";
import { clock } from "../../format/time.ts";
import { readRequest } from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { StatusMark } from "../../parts/status-mark.tsx";
import { navigate } from "../../router.ts";
import { RequestView } from "./request-view.tsx";

/** One request beside the log. Esc closes it; the list behind it can still be used. */
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
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      onClose();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [onClose]);
  return (
    <div class="panel" role="dialog" aria-modal="false" aria-labelledby="request">
      <div class="panel-head">
        <h2 id="request" tabIndex={-1} ref={heading}>
          Request
          {loaded.state === "ready" ? <span class="muted"> {clock(loaded.data.at)}</span> : null}
        </h2>
        {loaded.state === "ready" ? <StatusMark {...loaded.data} /> : null}
        <span class="panel-tools">
          <Step name="Newer request" icon="up" to={neighbours.newer && linkTo(neighbours.newer)} />
          <Step name="Older request" icon="down" to={neighbours.older && linkTo(neighbours.older)} />
          <button type="button" class="quiet" aria-label="Close" title="Close (Esc)" onClick={onClose}>
            <Icon name="close" />
          </button>
        </span>
      </div>
      <div class="panel-body">
        <p class="request-id">
          <code>{shownId}</code>
          <CopyButton text={shownId} label="request id" />
        </p>
        {loaded.state === "failed" ? (
          <FailureNote failure={loaded.failure} retry={reload} isStale={false} />
        ) : null}
        {loaded.state === "loading" ? <div class="panel-skeleton" aria-busy="true" /> : null}
        {loaded.state === "ready" ? <RequestView record={loaded.data} /> : null}
      </div>
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
