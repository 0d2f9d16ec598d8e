import { listKeys, listModels } from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { Segments } from "../../parts/segments.tsx";
import { TypedFilter } from "../../parts/typed-filter.tsx";
import type { RequestFilter } from "./request-filter.ts";

const statuses = [
  { value: "", name: "All" },
  { value: "ok", name: "OK" },
  { value: "error", name: "Not OK" },
] as const;

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
      <Segments
        label="Status"
        choices={statuses}
        chosen={filter.status}
        onChoose={(status) => change({ status })}
      />
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
