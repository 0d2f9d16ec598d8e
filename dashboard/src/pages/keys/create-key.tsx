import { useState } from "preact/hooks";
import { useTenant } from "../../caller.ts";
import { type CreatedKey, createKey, type ShownProject } from "../../generated/client.ts";
import { useTask } from "../../live/use-task.ts";
import { Choice } from "../../parts/fields.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Problem } from "../../parts/problem.tsx";
import { emptyDraft, wantedOf } from "./key-draft.ts";
import { MainFields, MoreFields } from "./key-fields.tsx";

/** Makes a key of one of `projects`; an empty list: they may not be seen. */
export function CreateKey(props: {
  readonly projects: readonly Pick<ShownProject, "id" | "tenant">[];
  readonly onCreated: (created: CreatedKey) => void;
}) {
  const [draft, setDraft] = useState(emptyDraft);
  const choices = choicesOf(props.projects);
  const own = useTenant();
  const usual = choices.find(({ value }) => value === "default/default" || value === `${own}/default`);
  const [owner, setOwner] = useState((usual ?? choices[0])?.value ?? "");
  const task = useTask();
  const create = async (): Promise<void> => {
    const [tenant, project] = owner.split("/");
    const of = tenant === undefined || project === undefined ? {} : { tenant, project };
    props.onCreated(await createKey({ ...wantedOf(draft), ...of }));
  };
  return (
    <form
      class="card key-form"
      aria-label="Create a key"
      onSubmit={(event) => {
        event.preventDefault();
        task.run(create);
      }}
    >
      <div class="field-grid">
        <MainFields draft={draft} onDraft={setDraft} />
      </div>
      <details>
        <summary>Owner, expiry, networks and what else it may be bound to</summary>
        <div class="field-grid">
          {choices.length === 0 ? null : (
            <Choice label="Project" value={owner} choices={choices} onValue={setOwner} />
          )}
          <MoreFields draft={draft} onDraft={setDraft} />
        </div>
      </details>
      <Problem text={task.problem} />
      <button type="submit" class="button primary" aria-disabled={task.isBusy}>
        <Icon name="plus" />
        Create key
      </button>
    </form>
  );
}

const choicesOf = (projects: readonly Pick<ShownProject, "id" | "tenant">[]) =>
  projects.map(({ id, tenant }) => ({
    value: `${tenant}/${id}`,
    name: tenant === "default" && id === "default" ? "default" : `${tenant} / ${id}`,
  }));
