import { useState } from "preact/hooks";
import { money } from "../../format/money.ts";
import { count } from "../../format/numbers.ts";
import { clockOrDay, moment } from "../../format/time.ts";
import { admitTarget, type RegionsState, readRegions } from "../../generated/client.ts";
import { asAdminError, usePolling } from "../../live/use-polling.ts";
import { Facts } from "../../parts/facts.tsx";
import { PageState } from "../../parts/page-state.tsx";

const everyMs = 5000;
const nanoUsdPerUsd = 1e9;
const load = (signal: AbortSignal): Promise<RegionsState> => readRegions({ signal });

/** Where content of requests may go, and what was kept from going elsewhere. */
export function RegionsPage() {
  const polled = usePolling(load, everyMs);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Regions</h1>
        <p class="muted">Where content of requests may go. No failure, price or budget ever widens it.</p>
      </div>
      <PageState polled={polled}>
        {(state) => (
          <>
            <Bounds {...state} />
            {state.abroad.length === 0 ? null : <Abroad abroad={state.abroad} />}
            <Providers providers={state.providers} />
          </>
        )}
      </PageState>
    </div>
  );
}

const sinks: Readonly<Record<string, string>> = {
  attempt: "a target",
  raw: "a provider, unread",
  memory: "the gateway's memory of answers",
  learning: "what pools learn of prompts",
};

function Bounds({ here, residency, pools, refused }: RegionsState) {
  return (
    <section class="card" aria-labelledby="bounds">
      <h2 id="bounds">What binds</h2>
      <Facts
        facts={[
          [
            "This gateway",
            here.region === null
              ? "Nobody has said where it is: it remembers nothing of what is bound"
              : placed(here.region, here.zones),
          ],
          ["Every request", residency.length === 0 ? "Anywhere" : `In ${residency.join(" or ")}`],
          ...pools.map(
            ({ name, residency: zones }) => [`Requests for ${name}`, `In ${zones.join(" or ")}`] as const,
          ),
          [
            "Kept from, since the start",
            refused.map(({ sink, times }) => `${sinks[sink] ?? sink}: ${count(times)}`).join(", ") ||
              "Nowhere yet",
          ],
        ]}
      />
    </section>
  );
}

function Providers({ providers }: Pick<RegionsState, "providers">) {
  return (
    <section class="card flush" aria-labelledby="places">
      <h2 id="places">Providers</h2>
      <table class="table stacked" aria-labelledby="places">
        <thead>
          <tr>
            <th scope="col">Provider</th>
            <th scope="col">Region</th>
            <th scope="col">Lies in</th>
            <th scope="col">A gigabyte there, and back</th>
          </tr>
        </thead>
        <tbody>
          {providers.map(({ id, region, zones, egress }) => (
            <tr key={id}>
              <td data-name="Provider">
                <code class="whole">{id}</code>
              </td>
              <td data-name="Region">{region ?? <span class="muted">not told</span>}</td>
              <td data-name="Lies in">
                {zones.length === 0 ? (
                  <span class="muted">nobody knows: nothing that is bound goes there</span>
                ) : (
                  zones.filter((zone) => zone !== region).join(", ")
                )}
              </td>
              <td data-name="A gigabyte there, and back">
                {egress === null
                  ? "free"
                  : `${money(Math.round(egress.sentUsdPerGb * nanoUsdPerUsd))}, ${money(Math.round(egress.receivedUsdPerGb * nanoUsdPerUsd))}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Targets that told of another place than their own. */
function Abroad({ abroad }: Pick<RegionsState, "abroad">) {
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const admit = async (target: string): Promise<void> => {
    try {
      await admitTarget(target);
      setProblem(undefined);
    } catch (thrown) {
      setProblem(asAdminError(thrown).message);
    }
  };
  return (
    <section class="card flush" aria-labelledby="abroad">
      <h2 id="abroad">Found elsewhere</h2>
      <table class="table stacked" aria-labelledby="abroad">
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col">Said that it ran a call in</th>
            <th scope="col">When</th>
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {abroad.map(({ target, zone, at }) => (
            <tr key={target}>
              <td data-name="Target">
                <code class="whole">{target}</code>
              </td>
              <td data-name="Said that it ran a call in">{zone}</td>
              <td data-name="When">
                <time dateTime={moment(at)}>{clockOrDay(at, Date.now())}</time>
              </td>
              <td>
                <button
                  type="button"
                  class="button"
                  aria-label={`Trust ${target} again`}
                  onClick={() => void admit(target)}
                >
                  Trust it again
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {problem === undefined ? null : (
        <p class="bad-text card-note" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

function placed(region: string, zones: readonly string[]): string {
  const around = zones.filter((zone) => zone !== region);
  return around.length === 0 ? region : `${region} (${around.join(", ")})`;
}
