import { useCallback } from "preact/hooks";
import { type KnownUpstreams, readUpstreams, upstreamsEveryMs } from "../../live/read-upstreams.ts";
import { usePolling } from "../../live/use-polling.ts";
import { PageState } from "../../parts/page-state.tsx";
import { focusRow } from "../../parts/panel.tsx";
import { Segments } from "../../parts/segments.tsx";
import { TypedFilter } from "../../parts/typed-filter.tsx";
import { navigate } from "../../router.ts";
import { CatalogCard } from "./catalog-card.tsx";
import { fits, linkOf, type ModelFilter, readFilter } from "./model-filter.ts";
import { ModelPanel } from "./model-panel.tsx";
import { modelRows, readId } from "./model-rows.ts";
import { ModelTable } from "./model-table.tsx";

const choices = [
  { value: "", name: "All" },
  { value: "unpriced", name: "No price" },
  { value: "failing", name: "With errors" },
] as const;

/** The names that clients may use, where each leads, and what that costs. */
export function ModelsPage({ query }: { readonly query: URLSearchParams }) {
  const polled = usePolling(readUpstreams, upstreamsEveryMs);
  const filter = readFilter(query);
  const openId = query.get("open") ?? undefined;
  const change = (part: Partial<ModelFilter>): void =>
    navigate(linkOf({ ...filter, ...part }), { replace: true });
  const here = linkOf(filter);
  // The same text as the row's link, whatever the address itself looks like.
  const opened = openId === undefined ? here : linkOf(filter, readId(openId));
  const close = useCallback(() => {
    navigate(here);
    focusRow(opened);
  }, [here, opened]);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Models</h1>
        <p class="muted">Names that clients may use and where each leads; US dollars for a million tokens.</p>
      </div>
      <search class="filters">
        <Segments label="Show" choices={choices} chosen={filter.only} onChoose={(only) => change({ only })} />
        <TypedFilter
          label="Search"
          placeholder="Name, provider or model"
          value={filter.search}
          onValue={(search) => change({ search })}
        />
        <ProviderChoice
          chosen={filter.provider}
          providers={polled.data?.upstreams.map(({ provider }) => provider) ?? []}
          onChoose={(provider) => change({ provider })}
        />
      </search>
      <PageState polled={polled}>
        {(known) => (
          <>
            <Listed known={known} filter={filter} openId={openId} />
            <CatalogCard onApproved={polled.retry} />
            {openId === undefined ? null : (
              <ModelPanel id={openId} known={known} onSet={polled.retry} onClose={close} />
            )}
          </>
        )}
      </PageState>
    </div>
  );
}

function ProviderChoice(props: {
  readonly chosen: string;
  readonly providers: readonly string[];
  readonly onChoose: (provider: string) => void;
}) {
  const { chosen, providers } = props;
  const isListed = chosen === "" || providers.includes(chosen);
  return (
    <select
      aria-label="Provider"
      value={chosen}
      onChange={(event) => props.onChoose(event.currentTarget.value)}
    >
      <option value="">Any provider</option>
      {[...providers, ...(isListed ? [] : [chosen])].map((provider) => (
        <option key={provider} value={provider}>
          {provider}
        </option>
      ))}
    </select>
  );
}

function Listed(props: {
  readonly known: KnownUpstreams;
  readonly filter: ModelFilter;
  readonly openId: string | undefined;
}) {
  const { known, filter } = props;
  const rows = modelRows(known);
  const shown = rows.filter((row) => fits(row, filter, known.now));
  return (
    <>
      <p class="visually-hidden" role="status">
        {shown.length === 1 ? "1 model shown" : `${shown.length} models shown`}
      </p>
      {shown.length > 0 ? (
        <div class="card flush">
          <ModelTable
            rows={shown}
            now={known.now}
            openId={props.openId}
            linkTo={(target) => linkOf(filter, target)}
          />
        </div>
      ) : (
        <div class="card empty">
          <h2>{rows.length === 0 ? "No name is served yet" : "No model fits this filter"}</h2>
          {rows.length === 0 ? (
            <p class="muted">
              <code>PROVIDER/MODEL</code> reaches any model of a provider; it is listed here once a request
              has reached it.
            </p>
          ) : (
            <button type="button" class="button" onClick={() => navigate("/models")}>
              Show all models
            </button>
          )}
        </div>
      )}
    </>
  );
}
