import { useState } from "preact/hooks";
import { type LimitState, setLimit } from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { Check, Choice, TextField } from "../../parts/fields.tsx";
import { draftOfLimit, emptyLimit, scopes, wantedLimitOf } from "./limit-draft.ts";
import { units } from "./limit-words.ts";

/** Sets a limit, or changes the one that was `before`. */
export function LimitDialog(props: {
  readonly before: LimitState | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { before, onClose, onDone } = props;
  const [draft, setDraft] = useState(() => (before === undefined ? emptyLimit : draftOfLimit(before)));
  const line = (
    name: "limit" | "seconds" | "burst" | "tenants" | "projects" | "keys" | "routes" | "models" | "floor",
  ) => ({
    value: draft[name],
    onValue: (text: string) => setDraft({ ...draft, [name]: text }),
  });
  return (
    <AskDialog
      title={before === undefined ? "Set a limit" : `Change the limit ${before.id}`}
      action={before === undefined ? "Set it" : "Save"}
      isWide
      work={() => setLimit(draft.id.trim(), wantedLimitOf(draft)).then(onDone)}
      onClose={onClose}
    >
      <div class="field-grid">
        <TextField
          label="Id"
          required
          maxLength={63}
          placeholder="per-key"
          isFixed={before !== undefined}
          value={draft.id}
          onValue={(id) => setDraft({ ...draft, id })}
        />
        <Choice
          label="Of"
          value={draft.unit}
          choices={units}
          onValue={(unit) => setDraft({ ...draft, unit })}
        />
        <TextField label="At most" type="number" min={1} required {...line("limit")} />
        <TextField label="In seconds" type="number" min={0.001} step="any" required {...line("seconds")} />
        <TextField label="At once" hint="empty: as many" type="number" min={1} {...line("burst")} />
        <TextField label="Adaptive, down to" hint="%; empty: no" type="number" min={1} {...line("floor")} />
        <TextField label="Keys" hint="by id or name" {...line("keys")} />
        <TextField label="Models" hint="globs" {...line("models")} />
        <TextField label="Tenants" {...line("tenants")} />
        <TextField label="Projects" {...line("projects")} />
        <TextField label="Routes" {...line("routes")} />
      </div>
      <fieldset class="checks">
        <legend>
          A bucket for each <span class="muted">one to four; several: each combination</span>
        </legend>
        {scopes.map((scope) => (
          <Check
            key={scope}
            label={scope}
            isChecked={draft.scope.includes(scope)}
            onChecked={(isChecked) =>
              setDraft({
                ...draft,
                scope: scopes.filter((each) => (each === scope ? isChecked : draft.scope.includes(each))),
              })
            }
          />
        ))}
      </fieldset>
      <Check
        label="Half of it for ten minutes for a key that behaves as never before"
        isChecked={draft.isHalved}
        onChecked={(isHalved) => setDraft({ ...draft, isHalved })}
      />
    </AskDialog>
  );
}
