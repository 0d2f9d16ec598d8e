import { useState } from "preact/hooks";
import { type Budget, createBudget, setBudget } from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { Choice, TextField } from "../../parts/fields.tsx";
import { draftOfBudget, emptyBudget, levels, periods, wantedBudgetOf } from "./budget-draft.ts";

/** Makes a budget, or changes the one that was `before`. */
export function BudgetDialog(props: {
  readonly before: Budget | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { before, onClose, onDone } = props;
  const [draft, setDraft] = useState(() => (before === undefined ? emptyBudget : draftOfBudget(before)));
  const id = draft.id.trim();
  const save = () =>
    before === undefined
      ? createBudget(id, wantedBudgetOf(draft))
      : setBudget(before.id, wantedBudgetOf(draft));
  return (
    <AskDialog
      title={before === undefined ? "Make a budget" : `Change the budget ${before.id}`}
      action={before === undefined ? "Make it" : "Save"}
      isWide
      work={() => save().then(onDone)}
      onClose={onClose}
    >
      <div class="field-grid">
        <TextField
          label="Id"
          required
          maxLength={64}
          placeholder="team-blue"
          isFixed={before !== undefined}
          value={draft.id}
          onValue={(text) => setDraft({ ...draft, id: text })}
        />
        <TextField
          label="US dollars"
          required
          pattern="\s*\d+(\.\d{1,9})?\s*"
          placeholder="250"
          value={draft.limitUsd}
          onValue={(limitUsd) => setDraft({ ...draft, limitUsd })}
        />
        <Choice
          label="Each"
          value={draft.period}
          choices={periods}
          onValue={(period) => setDraft({ ...draft, period })}
        />
        <Choice
          label="When it is used up"
          value={draft.kind}
          choices={[
            { value: "hard", name: "refuse" },
            { value: "soft", name: "only tell" },
          ]}
          onValue={(kind) => setDraft({ ...draft, kind })}
        />
        <TextField
          label="Time zone"
          placeholder="Europe/Berlin"
          value={draft.timeZone}
          onValue={(timeZone) => setDraft({ ...draft, timeZone })}
        />
        <TextField
          label="Starts on day"
          type="number"
          min={1}
          value={draft.startDay}
          onValue={(startDay) => setDraft({ ...draft, startDay })}
        />
        <TextField
          label="Tells at"
          hint="per cent"
          value={draft.alerts}
          onValue={(alerts) => setDraft({ ...draft, alerts })}
        />
        {levels.map((level) => (
          <TextField
            key={level}
            label={`${level.slice(0, 1).toUpperCase()}${level.slice(1)}`}
            hint="empty: all; * for any"
            value={draft.scope[level] ?? ""}
            onValue={(glob) => setDraft({ ...draft, scope: { ...draft.scope, [level]: glob } })}
          />
        ))}
      </div>
    </AskDialog>
  );
}
