import { useState } from "preact/hooks";
import { commitPolicies, type PoliciesState, type WantedPolicy } from "../../generated/client.ts";
import { useTask } from "../../live/use-task.ts";
import { Problem } from "../../parts/problem.tsx";
import { draftOfPolicy, emptyPolicy, wantedPolicyOf, withPolicy } from "./policy-draft.ts";
import { PolicyFields } from "./policy-fields.tsx";
import { PreviewBox } from "./preview-box.tsx";
import { usePreview } from "./use-preview.ts";

/** Writes a policy: what it would come to is shown while it is typed, and only what compiles can be committed. */
export function PolicyEditor(props: {
  readonly before: WantedPolicy | undefined;
  readonly state: PoliciesState;
  readonly onClose: () => void;
  readonly onCommitted: () => void;
}) {
  const { before, onClose, onCommitted } = props;
  const [draft, setDraft] = useState(() => (before === undefined ? emptyPolicy : draftOfPolicy(before)));
  // The revision that was seen when writing began: a change by somebody else meanwhile must be seen first.
  const [seen] = useState(props.state);
  const task = useTask();
  const wanted = wantedPolicyOf(draft, before);
  const others = seen.policies.filter(({ from }) => from === "runtime").map(({ policy }) => policy);
  const isWritten = wanted !== undefined && draft.id.trim() !== "" && draft.when.trim() !== "";
  const all = isWritten ? withPolicy(others, wanted, before?.id) : undefined;
  const asked = all === undefined ? undefined : JSON.stringify(all);
  const previewed = usePreview(asked);
  const mayCommit =
    previewed.state === "ready" && previewed.of === asked && previewed.preview.problems.length === 0;
  return (
    <form
      class="card policy-editor"
      aria-label={before === undefined ? "A new policy" : `The policy ${before.id}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (!mayCommit || all === undefined) return;
        task.run(() => commitPolicies({ policies: all }, { revision: seen.revision }).then(onCommitted));
      }}
    >
      <PolicyFields draft={draft} onDraft={setDraft} isNew={before === undefined} />
      {wanted === undefined ? <p class="bad-text">What it does is not JSON yet.</p> : null}
      <PreviewBox previewed={previewed} when={draft.when} id={draft.id.trim()} />
      <Problem text={task.problem} />
      <div class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="button primary" disabled={!mayCommit}>
          Commit
        </button>
      </div>
    </form>
  );
}
