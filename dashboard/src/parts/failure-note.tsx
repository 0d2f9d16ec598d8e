import type { AdminError } from "../send.ts";
import { Icon } from "./icon.tsx";
import { Prose } from "./prose.tsx";

/** What went wrong, and a way to try again. `isStale`: what is shown below is older than the failure. */
export function FailureNote(props: {
  readonly failure: AdminError;
  readonly retry: () => void;
  readonly isStale: boolean;
}) {
  const { failure, retry, isStale } = props;
  return (
    <div class="note bad" role="alert">
      <Icon name="warning" />
      <p>
        <strong>
          <Prose text={failure.message} />
        </strong>{" "}
        <span class="muted">
          {isStale ? "What you see is the last that was heard. " : ""}
          {failure.status === 0 ? "Is it running?" : `(${failure.code}, ${failure.status})`}
        </span>
      </p>
      <button type="button" class="button" onClick={retry}>
        <Icon name="refresh" />
        Try again
      </button>
    </div>
  );
}
