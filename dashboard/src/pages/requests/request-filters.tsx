import { useCallback } from "preact/hooks";
import { useMay, useMayOfAll } from "../../caller.ts";
import { listKeys, listModels, listServiceRoutes, type ShownKey } from "../../generated/client.ts";
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
  const choices = useChoices();
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
      <RouteChoice routes={choices.routes} chosen={filter.route} onChoose={(route) => change({ route })} />
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

interface Choices {
  readonly models: readonly string[];
  readonly keys: readonly Pick<ShownKey, "id" | "name" | "hint">[];
  readonly routes: readonly string[];
}

/** What may be chosen, as far as whoever is signed in may see it: models and routes are the whole gateway's. */
function useChoices(): Choices {
  const mayModels = useMayOfAll("models:read");
  const mayRoutes = useMayOfAll("stats:read");
  const mayKeys = useMay("keys:read");
  const load = useCallback(
    (signal: AbortSignal) => readChoices({ models: mayModels, keys: mayKeys, routes: mayRoutes }, signal),
    [mayModels, mayKeys, mayRoutes],
  );
  const { loaded } = useLoaded(load);
  return loaded.state === "ready" ? loaded.data : { models: [], keys: [], routes: [] };
}

/** None where no service stands behind the gateway: then there is nothing to choose. */
function RouteChoice(props: {
  readonly routes: readonly string[];
  readonly chosen: string;
  readonly onChoose: (route: string) => void;
}) {
  const { routes, chosen } = props;
  if (routes.length === 0 && chosen === "") return null;
  return (
    <select aria-label="Route" value={chosen} onChange={(event) => props.onChoose(event.currentTarget.value)}>
      <option value="">Any route</option>
      {routes.map((route) => (
        <option key={route} value={route}>
          {route}
        </option>
      ))}
      {chosen === "" || routes.includes(chosen) ? null : <option value={chosen}>{chosen}</option>}
    </select>
  );
}

async function readChoices(may: Readonly<Record<keyof Choices, boolean>>, signal: AbortSignal) {
  const [{ models }, { keys }, { routes }] = await Promise.all([
    may.models ? listModels({ signal }) : { models: [] },
    may.keys ? listKeys({ signal }) : { keys: [] },
    may.routes ? listServiceRoutes({ signal }) : { routes: [] },
  ]);
  return {
    models: models.filter(({ kind }) => kind !== "pattern").map(({ name }) => name),
    keys,
    routes: routes.map(({ id }) => id),
  };
}
