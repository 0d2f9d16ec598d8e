import { Check, Choice, TextField } from "../../parts/fields.tsx";
import { type KeyDraft, lanes } from "./key-draft.ts";

interface Drafted {
  readonly draft: KeyDraft;
  readonly onDraft: (draft: KeyDraft) => void;
}

/** What every key is asked for. */
export function MainFields({ draft, onDraft }: Drafted) {
  return (
    <>
      <TextField
        label="Name"
        required
        maxLength={100}
        pattern=".*\S.*"
        placeholder="checkout service"
        value={draft.name}
        onValue={(name) => onDraft({ ...draft, name })}
      />
      <TextField
        label="Models"
        hint="names or globs; empty: all"
        placeholder="gpt-*, claude-sonnet-*"
        value={draft.models}
        onValue={(models) => onDraft({ ...draft, models })}
      />
      <TextField
        label="Stays in"
        hint="countries, eu, eea, regions"
        placeholder="eu"
        value={draft.residency}
        onValue={(residency) => onDraft({ ...draft, residency })}
      />
    </>
  );
}

/** What few keys are asked for. Lists are empty for "all". */
export function MoreFields({ draft, onDraft }: Drafted) {
  const line = (name: "user" | "routes" | "methods" | "tools" | "networks" | "labels") => ({
    value: draft[name],
    onValue: (text: string) => onDraft({ ...draft, [name]: text }),
  });
  return (
    <>
      <TextField label="Person" hint="it is given to" placeholder="ada@example.com" {...line("user")} />
      <TextField
        label="Expires"
        hint="end of the day, UTC"
        type="date"
        value={draft.expires}
        onValue={(expires) => onDraft({ ...draft, expires })}
      />
      <Choice
        label="Priority"
        value={draft.priority}
        choices={[
          { value: "", name: "As usual" },
          { value: "interactive", name: "Interactive" },
          { value: "batch", name: "Batch" },
        ]}
        onValue={(priority) => onDraft({ ...draft, priority })}
      />
      <TextField label="From networks" hint="CIDR" placeholder="10.0.0.0/8" {...line("networks")} />
      <TextField label="Routes" hint="globs" placeholder="orders, people-*" {...line("routes")} />
      <TextField label="Methods" hint="of HTTP" placeholder="GET, HEAD" {...line("methods")} />
      <TextField label="Tools" hint="globs of names" placeholder="get_*" {...line("tools")} />
      <TextField label="Labels" placeholder="team=blue, stage=live" {...line("labels")} />
      <fieldset class="checks">
        <legend>
          May reach <span class="muted">none chosen: all</span>
        </legend>
        {lanes.map(({ value, name }) => (
          <Check
            key={value}
            label={name}
            isChecked={draft.lanes.includes(value)}
            onChecked={(isChecked) =>
              onDraft({
                ...draft,
                lanes: isChecked ? [...draft.lanes, value] : draft.lanes.filter((lane) => lane !== value),
              })
            }
          />
        ))}
      </fieldset>
    </>
  );
}
