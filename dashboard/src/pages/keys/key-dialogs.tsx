import { useState } from "preact/hooks";
import { type CreatedKey, revokeKey, rotateKey, type ShownKey, updateKey } from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { Choice } from "../../parts/fields.tsx";
import { draftOf, wantedOf } from "./key-draft.ts";
import { MainFields, MoreFields } from "./key-fields.tsx";

interface AboutKey {
  readonly entry: ShownKey;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Changes what a key may do. */
export function EditKey({ entry, onClose, onDone }: AboutKey) {
  const [draft, setDraft] = useState(() => draftOf(entry));
  return (
    <AskDialog
      title={`Change “${entry.name}”`}
      action="Save"
      isWide
      work={() => updateKey(entry.id, wantedOf(draft, entry)).then(onDone)}
      onClose={onClose}
    >
      <p class="muted">Holds from the next request on.</p>
      <div class="field-grid">
        <MainFields draft={draft} onDraft={setDraft} />
        <MoreFields draft={draft} onDraft={setDraft} />
      </div>
    </AskDialog>
  );
}

const hourMs = 3_600_000;
const overlaps = [
  { value: "0", name: "Not at all" },
  { value: String(hourMs), name: "1 hour" },
  { value: String(24 * hourMs), name: "1 day" },
  { value: String(7 * 24 * hourMs), name: "7 days" },
  { value: String(30 * 24 * hourMs), name: "30 days" },
];

/** Gives a key a new secret. */
export function RotateKey(
  props: Pick<AboutKey, "entry" | "onClose"> & { readonly onRotated: (created: CreatedKey) => void },
) {
  const { entry, onClose, onRotated } = props;
  const [overlap, setOverlap] = useState(String(24 * hourMs));
  return (
    <AskDialog
      title={`Rotate “${entry.name}”?`}
      action="Rotate"
      work={() => rotateKey(entry.id, { overlapMs: Number(overlap) }).then(onRotated)}
      onClose={onClose}
    >
      <p>
        It gets a new secret, shown once. The one that ends in <code>…{entry.hint}</code> stays valid for a
        while.
      </p>
      <Choice label="The old one is valid for" value={overlap} choices={overlaps} onValue={setOverlap} />
    </AskDialog>
  );
}

/** Asks once more, and revokes a key. */
export function RevokeKey({ entry, onClose, onDone }: AboutKey) {
  return (
    <AskDialog
      title={`Revoke “${entry.name}”?`}
      action="Revoke"
      keep="Keep it"
      isDanger
      work={() => revokeKey(entry.id).then(onDone)}
      onClose={onClose}
    >
      <p>
        Requests with the key that ends in <code>…{entry.hint}</code> are refused from now on. This cannot be
        undone.
      </p>
    </AskDialog>
  );
}
