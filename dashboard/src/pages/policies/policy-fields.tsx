import { Choice, TextArea, TextField } from "../../parts/fields.tsx";
import { actions, hasRest, type PolicyDraft } from "./policy-draft.ts";

const modes = [
  { value: "enforce", name: "enforce" },
  { value: "shadow", name: "shadow: record only" },
  { value: "off", name: "off" },
] as const;
export const phases = [
  { value: "request", name: "each request" },
  { value: "target", name: "each target" },
  { value: "response", name: "each answer" },
] as const;

/** Everything that is typed of a policy. */
export function PolicyFields(props: {
  readonly draft: PolicyDraft;
  readonly isNew: boolean;
  readonly onDraft: (draft: PolicyDraft) => void;
}) {
  const { draft, isNew, onDraft } = props;
  return (
    <>
      <div class="field-grid">
        <TextField
          label="Id"
          required
          maxLength={100}
          placeholder="no-anonymous"
          isFixed={!isNew}
          value={draft.id}
          onValue={(id) => onDraft({ ...draft, id })}
        />
        <Choice
          label="Asked of"
          value={draft.phase}
          choices={phases}
          onValue={(phase) => onDraft({ ...draft, phase })}
        />
        <Choice
          label="Mode"
          value={draft.mode}
          choices={modes}
          onValue={(mode) => onDraft({ ...draft, mode })}
        />
        <TextField
          label="Priority"
          hint="higher first"
          type="number"
          value={draft.priority}
          onValue={(priority) => onDraft({ ...draft, priority })}
        />
      </div>
      <TextArea
        label="When"
        hint="CEL, or with the words and, or, not, in"
        rows={3}
        required
        maxLength={8192}
        placeholder={'ai.model.startsWith("gpt-") and not (auth.tenant in ["acme"])'}
        value={draft.when}
        onValue={(when) => onDraft({ ...draft, when })}
      />
      <div class="field-grid">
        <Choice
          label="Do"
          value={draft.action}
          choices={actions}
          onValue={(action) =>
            onDraft({
              ...draft,
              action,
              rest: actions.find(({ value }) => value === action)?.rest ?? "",
            })
          }
        />
        <TextField
          label="Reason"
          hint="told to who is refused"
          maxLength={1000}
          value={draft.reason}
          onValue={(reason) => onDraft({ ...draft, reason })}
        />
      </div>
      {hasRest(draft.action) ? (
        <TextArea
          label="What exactly"
          hint="JSON, as the configuration has it"
          rows={4}
          value={draft.rest}
          onValue={(rest) => onDraft({ ...draft, rest })}
        />
      ) : null}
    </>
  );
}
