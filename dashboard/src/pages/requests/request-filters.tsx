import { useEffect, useRef, useState } from "preact/hooks";
import { listKeys, listModels } from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { Icon } from "../../parts/icon.tsx";
import type { RequestFilter } from "./request-filter.ts";

const statuses = [
  { value: "", name: "All" },
  { value: "ok", name: "OK" },
  { value: "error", name: "Not OK" },
] as const;
const typingPauseMs = 250;

/** What of the log is to be shown. */
export function RequestFilters(props: {
  readonly filter: RequestFilter;
  /** Models that requests have named, besides those of the configuration. */
  readonly seenModels: readonly string[];
  readonly onChange: (filter: RequestFilter) => void;
}) {
  const { filter, onChange } = props;
  const { loaded } = useLoaded(readChoices);
  const choices = loaded.state === "ready" ? loaded.data : { models: [], keys: [] };
  const models = [...new Set([...choices.models, ...props.seenModels])].toSorted();
  const isKeyListed = filter.keyId === "" || choices.keys.some(({ id }) => id === filter.keyId);
  const change = (part: Partial<RequestFilter>): void => onChange({ ...filter, ...part });
  return (
    <search class="filters">
      <div class="segments" role="group" aria-label="Status">
        {statuses.map(({ value, name }) => (
          <button
            key={value}
            type="button"
            aria-pressed={filter.status === value}
            onClick={() => change({ status: value })}
          >
            {name}
          </button>
        ))}
      </div>
      <TypedFilter
        label="Search"
        placeholder="Id, model, provider or error code"
        value={filter.search}
        onValue={(search) => change({ search })}
      />
      <TypedFilter
        label="Model"
        placeholder="Any model"
        value={filter.model}
        options={models}
        onValue={(model) => change({ model })}
      />
      <select
        aria-label="Key"
        value={filter.keyId}
        onChange={(event) => change({ keyId: event.currentTarget.value })}
      >
        <option value="">Any key</option>
        {choices.keys.map(({ id, name, hint }) => (
          <option key={id} value={id}>
            {name} (…{hint})
          </option>
        ))}
        {isKeyListed ? null : <option value={filter.keyId}>{filter.keyId}</option>}
      </select>
    </search>
  );
}

async function readChoices(signal: AbortSignal) {
  const [{ models }, { keys }] = await Promise.all([listModels({ signal }), listKeys({ signal })]);
  return { models: models.filter(({ kind }) => kind !== "pattern").map(({ name }) => name), keys };
}

/** A text that takes effect when its writer pauses. */
function TypedFilter(props: {
  readonly label: "Search" | "Model";
  readonly placeholder: string;
  readonly value: string;
  readonly options?: readonly string[];
  readonly onValue: (value: string) => void;
}) {
  const { label, value, options } = props;
  // As it is when the pause is over: meanwhile another filter may have been set, which must not be undone.
  const onValue = useRef(props.onValue);
  onValue.current = props.onValue;
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onValue.current(typed), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  const listId = `${label.toLowerCase()}-choices`;
  return (
    <div class={`field ${label.toLowerCase()}-field`}>
      {label === "Search" ? <Icon name="search" /> : null}
      <input
        type="search"
        aria-label={label}
        placeholder={props.placeholder}
        value={typed}
        maxLength={200}
        list={options === undefined ? undefined : listId}
        spellcheck={false}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {options === undefined ? null : (
        <datalist id={listId}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </div>
  );
}
