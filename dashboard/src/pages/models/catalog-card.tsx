import { useState } from "preact/hooks";
import { abilityName } from "../../format/abilities.ts";
import { count, unknown } from "../../format/numbers.ts";
import { clockOrDay } from "../../format/time.ts";
import { approveCatalog, type CatalogState, readCatalog, refreshCatalog } from "../../generated/client.ts";
import { asAdminError, usePolling } from "../../live/use-polling.ts";

const everyMs = 30_000;
const load = (signal: AbortSignal): Promise<CatalogState> => readCatalog({ signal });

/** What is known of models from outside: fetched, shown, and put to use when somebody says so. */
export function CatalogCard({ onApproved }: { readonly onApproved: () => void }) {
  const polled = usePolling(load, everyMs);
  const [told, setTold] = useState<CatalogState | undefined>(undefined);
  const [asked, setAsked] = useState<{ readonly isBusy: boolean; readonly problem?: string }>({
    isBusy: false,
  });
  const state = told ?? polled.data;
  const ask = async (what: () => Promise<CatalogState>, then?: () => void): Promise<void> => {
    setAsked({ isBusy: true });
    try {
      setTold(await what());
      setAsked({ isBusy: false });
      then?.();
    } catch (thrown) {
      setAsked({ isBusy: false, problem: asAdminError(thrown).message });
    }
  };
  if (state === undefined) return null;
  const { waiting } = state;
  return (
    <section class="card catalog-card" aria-labelledby="catalog">
      <div class="entry-head">
        <h2 id="catalog">Catalogue of models</h2>
        <span class="muted">{countsNow(state)}</span>
      </div>
      <p class="muted">
        Context, limits and abilities from <code>{state.url}</code>. {ways[state.refresh]}
      </p>
      {state.lastFetch?.problem == null ? null : (
        <p class="warn-text" role="status">
          The last fetch, at {clockOrDay(state.lastFetch.at, Date.now())}, brought nothing:{" "}
          {state.lastFetch.problem}
        </p>
      )}
      {waiting === null ? null : <Waiting waiting={waiting} />}
      {asked.problem === undefined ? null : (
        <p class="bad-text" role="alert">
          {asked.problem}
        </p>
      )}
      <div class="card-foot">
        {waiting === null ? null : (
          <button
            type="button"
            class="button primary"
            disabled={asked.isBusy}
            onClick={() => void ask(() => approveCatalog({ fetchedAt: waiting.fetchedAt }), onApproved)}
          >
            Use it
          </button>
        )}
        <button
          type="button"
          class="button"
          disabled={asked.isBusy}
          onClick={() => void ask(refreshCatalog, onApproved)}
        >
          {asked.isBusy ? "Fetching…" : "Fetch now"}
        </button>
      </div>
    </section>
  );
}

const ways = {
  off: "Nothing is fetched unless it is asked for here.",
  ask: "Fetched once a day; it counts once somebody has looked at it.",
  apply: "Fetched once a day, and used at once.",
} as const;

const countsNow = ({ applied }: CatalogState): string =>
  applied === null
    ? "not in use: the built-in rules alone count"
    : `in use: ${modelCount(applied.models)}, fetched ${clockOrDay(applied.fetchedAt, Date.now())}`;

const modelCount = (models: number): string => `${count(models)} ${models === 1 ? "model" : "models"}`;

function Waiting({ waiting }: { readonly waiting: NonNullable<CatalogState["waiting"]> }) {
  const { differences, differencesTotal } = waiting;
  return (
    <>
      <p role="status">
        <strong>{modelCount(waiting.models)} to be approved</strong>, fetched{" "}
        {clockOrDay(waiting.fetchedAt, Date.now())}.{" "}
        {differencesTotal === 0
          ? "Of the providers in use they say nothing new."
          : `Of the providers in use ${count(differencesTotal)} ${differencesTotal === 1 ? "model differs" : "models differ"}${differences.length < differencesTotal ? `; the first ${differences.length}:` : ":"}`}
      </p>
      {differences.length === 0 ? null : (
        <div class="scrolls">
          <table class="table compact" aria-label="Differences">
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">Ability</th>
                <th scope="col">Now</th>
                <th scope="col">Then</th>
              </tr>
            </thead>
            <tbody>
              {differences.flatMap(({ provider, model, changes }) =>
                changes.map(({ ability, before, after }) => (
                  <tr key={`${provider}/${model} ${ability}`}>
                    <td>
                      <span class="muted">{provider}/</span>
                      {model}
                    </td>
                    <td>{abilityName(ability)}</td>
                    <td class="muted">{before ?? unknown}</td>
                    <td>{after ?? unknown}</td>
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
