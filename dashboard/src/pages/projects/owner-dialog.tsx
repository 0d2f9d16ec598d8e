import { useState } from "preact/hooks";
import { createProject, createTenant, updateProject, updateTenant } from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { Check, Choice, TextField } from "../../parts/fields.tsx";
import { changesOf, draftOfOwner, emptyOwner, type Owner, ownerPath } from "./owner-draft.ts";

/** Makes a tenant or a project, or changes the one that was `before`. */
export function OwnerDialog(props: {
  readonly what: "tenant" | "project";
  readonly before: Owner | undefined;
  readonly tenants: readonly string[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { what, before, tenants, onClose, onDone } = props;
  const usual = tenants.includes("default") ? "default" : (tenants[0] ?? "default");
  const [draft, setDraft] = useState(() =>
    before === undefined ? { ...emptyOwner, tenant: usual } : draftOfOwner(before),
  );
  const save = (): Promise<unknown> => {
    const changes = changesOf(draft, before);
    if (before !== undefined)
      return what === "tenant" ? updateTenant(before.id, changes) : updateProject(ownerPath(before), changes);
    const id = draft.id.trim();
    return what === "tenant"
      ? createTenant({ ...changes, id })
      : createProject({ ...changes, id, tenant: draft.tenant });
  };
  const line = (name: "name" | "models" | "residency" | "networks" | "expires" | "labels") => ({
    value: draft[name],
    onValue: (text: string) => setDraft({ ...draft, [name]: text }),
  });
  return (
    <AskDialog
      title={before === undefined ? `Make a ${what}` : `Change ${ownerPath(before)}`}
      action={before === undefined ? "Make it" : "Save"}
      isWide
      work={() => save().then(onDone)}
      onClose={onClose}
    >
      <div class="field-grid">
        {before !== undefined ? null : (
          <TextField
            label="Id"
            hint="a-z, 0-9 and -, for good"
            required
            maxLength={40}
            placeholder={what === "tenant" ? "acme" : "shop"}
            value={draft.id}
            onValue={(id) => setDraft({ ...draft, id })}
          />
        )}
        {before !== undefined || what === "tenant" ? null : (
          <Choice
            label="Tenant"
            value={draft.tenant}
            choices={tenants.map((id) => ({ value: id, name: id }))}
            onValue={(tenant) => setDraft({ ...draft, tenant })}
          />
        )}
        <TextField label="Name" maxLength={100} {...line("name")} />
        <TextField label="Models" hint="globs; empty: all" placeholder="gpt-*" {...line("models")} />
        <TextField label="Stays in" hint="zones; empty: anywhere" placeholder="eu" {...line("residency")} />
        <TextField label="From networks" hint="CIDR" placeholder="10.0.0.0/8" {...line("networks")} />
        <TextField label="Expires" hint="end of the day, UTC" type="date" {...line("expires")} />
        <TextField label="Labels" placeholder="cost-center=42" {...line("labels")} />
      </div>
      <Check
        label="Disabled: none of its keys is valid"
        isChecked={draft.isDisabled}
        onChecked={(isDisabled) => setDraft({ ...draft, isDisabled })}
      />
    </AskDialog>
  );
}
