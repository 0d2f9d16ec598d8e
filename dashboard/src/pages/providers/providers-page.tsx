import { useCallback } from "preact/hooks";
import { type KnownUpstreams, readUpstreams, upstreamsEveryMs } from "../../live/read-upstreams.ts";
import { usePolling } from "../../live/use-polling.ts";
import { PageState } from "../../parts/page-state.tsx";
import { focusRow } from "../../parts/panel.tsx";
import { Segments } from "../../parts/segments.tsx";
import { TypedFilter } from "../../parts/typed-filter.tsx";
import { navigate } from "../../router.ts";
import { fits, linkOf, type ProviderFilter, readFilter } from "./provider-filter.ts";
import { ProviderPanel } from "./provider-panel.tsx";
import { ProviderTable } from "./provider-table.tsx";

const states = [
  { value: "", name: "All" },
  { value: "asked", name: "Asked" },
  { value: "failing", name: "With errors" },
] as const;

/** Who answers: where, how well, and what was learned of each. */
export function ProvidersPage({ query }: { readonly query: URLSearchParams }) {
  const polled = usePolling(readUpstreams, upstreamsEveryMs);
  const filter = readFilter(query);
  const openId = query.get("open") ?? undefined;
  const change = (part: Partial<ProviderFilter>): void =>
    navigate(linkOf({ ...filter, ...part }), { replace: true });
  const here = linkOf(filter);
  const opened = linkOf(filter, openId);
  const close = useCallback(() => {
    navigate(here);
    focusRow(opened);
  }, [here, opened]);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Providers</h1>
        <p class="muted">Who answers, and how they have done since the start.</p>
      </div>
      <search class="filters">
        <Segments
          label="State"
          choices={states}
          chosen={filter.state}
          onChoose={(state) => change({ state })}
        />
        <TypedFilter
          label="Search"
          placeholder="Name, address, dialect or model"
          value={filter.search}
          onValue={(search) => change({ search })}
        />
      </search>
      <PageState polled={polled}>
        {(known) => (
          <>
            <Listed known={known} filter={filter} openId={openId} />
            {openId === undefined ? null : (
              <ProviderPanel id={openId} known={known} onSet={polled.retry} onClose={close} />
            )}
          </>
        )}
      </PageState>
    </div>
  );
}

function Listed(props: {
  readonly known: KnownUpstreams;
  readonly filter: ProviderFilter;
  readonly openId: string | undefined;
}) {
  const { known, filter } = props;
  const shown = known.upstreams.filter((provider) => fits(provider, filter, known.now));
  return (
    <>
      <p class="visually-hidden" role="status">
        {shown.length === 1 ? "1 provider shown" : `${shown.length} providers shown`}
      </p>
      {shown.length > 0 ? (
        <div class="card flush">
          <ProviderTable
            providers={shown}
            now={known.now}
            openId={props.openId}
            linkTo={(id) => linkOf(filter, id)}
          />
        </div>
      ) : known.upstreams.length === 0 ? (
        <div class="card empty">
          <h2>There is no provider</h2>
          <p class="muted">
            Name one in <code>sallyport.yaml</code>, or set its key in the environment.
          </p>
        </div>
      ) : (
        <div class="card empty">
          <h2>No provider fits this filter</h2>
          <button type="button" class="button" onClick={() => navigate("/providers")}>
            Show all providers
          </button>
        </div>
      )}
    </>
  );
}
