import { useState } from "preact/hooks";
import { useTenant } from "../../caller.ts";
import { createOperator, type ShownOperator, updateOperator } from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { Check, Choice, TextField } from "../../parts/fields.tsx";
import { draftOfOperator, wantedOperatorOf } from "./operator-draft.ts";

const roles = [
  { value: "owner", name: "owner: everything" },
  { value: "admin", name: "admin: all but erasing the audit log" },
  { value: "operator", name: "operator: reads all, steers traffic" },
  { value: "developer", name: "developer: keys of one project" },
  { value: "analyst", name: "analyst: reads figures" },
  { value: "auditor", name: "auditor: reads all" },
] as const;

/** Makes somebody, or changes who was `before`. */
export function OperatorDialog(props: {
  readonly before: ShownOperator | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { before, onClose, onDone } = props;
  const bound = useTenant();
  const [draft, setDraft] = useState(() => draftOfOperator(before, bound));
  const wanted = () => wantedOperatorOf(draft, before);
  const line = (name: "name" | "tenant" | "project" | "password" | "expires") => ({
    value: draft[name],
    onValue: (text: string) => setDraft({ ...draft, [name]: text }),
  });
  return (
    <AskDialog
      title={before === undefined ? "Add somebody" : `Change ${before.name}`}
      action={before === undefined ? "Add" : "Save"}
      isWide
      work={() =>
        (before === undefined ? createOperator(wanted()) : updateOperator(before.id, wanted())).then(onDone)
      }
      onClose={onClose}
    >
      <div class="field-grid">
        <TextField label="Name" required maxLength={100} placeholder="ada" {...line("name")} />
        <Choice
          label="Role"
          value={draft.role}
          choices={roles}
          onValue={(role) => setDraft({ ...draft, role })}
        />
        <TextField
          label="Tenant"
          hint="empty: the whole gateway"
          isFixed={bound !== undefined}
          {...line("tenant")}
        />
        <TextField
          label="Project"
          hint="of that tenant"
          required={draft.role === "developer"}
          {...line("project")}
        />
        <TextField
          label="Password"
          hint={before?.hasPassword === true ? "empty: as it is" : "12 at least; or none"}
          type="password"
          minLength={12}
          autocomplete="new-password"
          {...line("password")}
        />
        <TextField label="Expires" hint="end of the day, UTC" type="date" {...line("expires")} />
      </div>
      <Check
        label="Disabled: they get in no more"
        isChecked={draft.isDisabled}
        onChecked={(isDisabled) => setDraft({ ...draft, isDisabled })}
      />
    </AskDialog>
  );
}
