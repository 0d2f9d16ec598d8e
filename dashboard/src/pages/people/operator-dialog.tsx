import { useState } from "preact/hooks";
import { useTenant } from "../../caller.ts";
import { readDay, writeDay } from "../../format/lists.ts";
import {
  createOperator,
  type ShownOperator,
  updateOperator,
  type WantedOperator,
} from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { Check, Choice, TextField } from "../../parts/fields.tsx";

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
  const [name, setName] = useState(before?.name ?? "");
  const [role, setRole] = useState<WantedOperator["role"]>(before?.role ?? "operator");
  const [tenant, setTenant] = useState(before?.tenant ?? bound ?? "");
  const [project, setProject] = useState(before?.project ?? "");
  const [password, setPassword] = useState("");
  const [expires, setExpires] = useState(writeDay(before?.expiresAt ?? null));
  const [isDisabled, setDisabled] = useState(before?.isDisabled ?? false);
  const wanted = (): WantedOperator => ({
    name: name.trim(),
    role,
    ...(tenant.trim() === "" ? {} : { tenant: tenant.trim() }),
    ...(project.trim() === "" ? {} : { project: project.trim() }),
    ...(password === "" ? {} : { password }),
    expiresAt:
      before !== undefined && expires === writeDay(before.expiresAt) ? before.expiresAt : readDay(expires),
    isDisabled,
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
        <TextField label="Name" required maxLength={100} placeholder="ada" value={name} onValue={setName} />
        <Choice label="Role" value={role} choices={roles} onValue={setRole} />
        <TextField
          label="Tenant"
          hint="empty: the whole gateway"
          isFixed={bound !== undefined}
          value={tenant}
          onValue={setTenant}
        />
        <TextField
          label="Project"
          hint="of that tenant"
          required={role === "developer"}
          value={project}
          onValue={setProject}
        />
        <TextField
          label="Password"
          hint={before?.hasPassword === true ? "empty: as it is" : "12 at least; or none"}
          type="password"
          minLength={12}
          autocomplete="new-password"
          value={password}
          onValue={setPassword}
        />
        <TextField
          label="Expires"
          hint="end of the day, UTC"
          type="date"
          value={expires}
          onValue={setExpires}
        />
      </div>
      <Check label="Disabled: they get in no more" isChecked={isDisabled} onChecked={setDisabled} />
    </AskDialog>
  );
}
