import { useState } from "preact/hooks";
import { type AuditRecord, eraseAuditValue } from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { Check } from "../../parts/fields.tsx";
import { keptValues } from "./personal-values.ts";

/** Asks once more, and erases personal values of a record. `onErased`: each as it is gone. */
export function EraseDialog(props: {
  readonly record: Pick<AuditRecord, "index" | "type" | "personal">;
  readonly onErased: (field: string) => void;
  readonly onClose: () => void;
}) {
  const { record, onErased, onClose } = props;
  const [kept] = useState(() => keptValues(record.personal));
  const [chosen, setChosen] = useState<readonly string[]>(() => kept.map(([field]) => field));
  const erase = async (): Promise<void> => {
    for (const field of chosen) {
      await eraseAuditValue(`${record.index}.${field}`);
      // What is gone cannot be erased once more, should a later one fail.
      setChosen((before) => before.filter((other) => other !== field));
      onErased(field);
    }
  };
  return (
    <AskDialog
      title={`Erase from record ${record.index}?`}
      action="Erase for good"
      keep="Keep them"
      isDanger
      work={erase}
      onClose={onClose}
    >
      <p>
        Who it was can be read nowhere afterwards. The record of <code>{record.type}</code> stays and so does
        the proof of the log; that something was erased is on record too. This cannot be undone.
      </p>
      <fieldset class="checks">
        <legend>To be erased</legend>
        {kept.map(([field, value]) => (
          <Check
            key={field}
            label={
              <>
                {field} <span class="muted">{value}</span>
              </>
            }
            isChecked={chosen.includes(field)}
            onChecked={(isChecked) =>
              setChosen(isChecked ? [...chosen, field] : chosen.filter((other) => other !== field))
            }
          />
        ))}
      </fieldset>
    </AskDialog>
  );
}
