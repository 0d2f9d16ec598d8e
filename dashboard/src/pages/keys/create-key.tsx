import { useState } from "preact/hooks";
import { type CreatedKey, createKey } from "../../generated/client.ts";
import { asAdminError } from "../../live/use-polling.ts";
import { Icon } from "../../parts/icon.tsx";

/** Makes a key. */
export function CreateKey({ onCreated }: { readonly onCreated: (created: CreatedKey) => void }) {
  const [name, setName] = useState("");
  const [models, setModels] = useState("");
  const [residency, setResidency] = useState("");
  const [state, setState] = useState<{ readonly isBusy: boolean; readonly problem?: string }>({
    isBusy: false,
  });
  const create = async (): Promise<void> => {
    setState({ isBusy: true });
    try {
      const zones = readList(residency.toLowerCase());
      onCreated(await createKey({ name: name.trim(), models: readList(models), residency: zones }));
    } catch (thrown) {
      setState({ isBusy: false, problem: asAdminError(thrown).message });
    }
  };
  return (
    <form
      class="card create-key"
      aria-label="Create a key"
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <label>
        Name
        <input
          value={name}
          required
          maxLength={100}
          pattern=".*\S.*"
          placeholder="checkout service"
          autocomplete="off"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label>
        Models <span class="muted">names or globs, with commas; empty: all</span>
        <input
          value={models}
          placeholder="gpt-*, claude-sonnet-*"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setModels(event.currentTarget.value)}
        />
      </label>
      <label>
        Stays in <span class="muted">countries, eu, eea or regions, with commas; empty: anywhere</span>
        <input
          value={residency}
          placeholder="eu"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setResidency(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button primary" disabled={state.isBusy}>
        <Icon name="plus" />
        Create key
      </button>
      {state.problem === undefined ? null : (
        <p class="bad-text" role="alert">
          {state.problem}
        </p>
      )}
    </form>
  );
}

const readList = (text: string): readonly string[] =>
  text
    .split(/[,\s]+/)
    .map((glob) => glob.trim())
    .filter((glob) => glob !== "");
