import { money } from "../../format/money.ts";
import { count, percent } from "../../format/numbers.ts";
import { clockOrDay, moment, span } from "../../format/time.ts";
import { listRoutes, type RouteList } from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { Link } from "../../parts/link.tsx";
import { PageState } from "../../parts/page-state.tsx";
import { LearnedSection } from "./learned-section.tsx";
import { OversightSection } from "./oversight-section.tsx";

type Route = RouteList["routes"][number];
type Decision = Route["decisions"][number];
type Ranked = Decision["ranked"][number];
type Cascade = NonNullable<NonNullable<Decision["learned"]>["cascade"]>;

const everyMs = 2000;
const shownMax = 10;
const nanoUsdPerUsd = 1e9;
const load = (signal: AbortSignal): Promise<RouteList> => listRoutes({ signal });

/** The pools that choose, what they last chose, and why. */
export function RoutingPage() {
  const polled = usePolling(load, everyMs);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Routing</h1>
        <p class="muted">Pools that choose among their targets, and why they chose as they did.</p>
      </div>
      <PageState polled={polled}>
        {({ routes }) =>
          routes.length === 0 ? (
            <section class="card" aria-label="No pool chooses">
              <p class="muted">
                Every pool asks its targets in their order. <code>models.NAME.route.strategy</code> makes it
                choose by cost, time, quality and health.
              </p>
            </section>
          ) : (
            routes.map((route) => <RouteCard key={route.name} route={route} onSet={polled.retry} />)
          )
        }
      </PageState>
    </div>
  );
}

function RouteCard({ route, onSet }: { readonly route: Route; readonly onSet: () => void }) {
  const id = `route-${route.name}`;
  const [newest] = route.decisions;
  return (
    <section class="card flush" aria-labelledby={id}>
      <h2 id={id}>
        {route.name} <span class="muted">{rulesOf(route)}</span>
      </h2>
      {route.cases.length === 0 ? null : <Cases route={route} />}
      {newest === undefined ? (
        <p class="muted card-note">Nothing has been asked of it yet.</p>
      ) : (
        <>
          <Targets ranked={newest.ranked} name={`Targets of ${route.name}, best first`} />
          {newest.learned === null || newest.learned.cascade === null ? null : (
            <Trial cascade={newest.learned.cascade} />
          )}
          {newest.flip === null ? null : <p class="muted card-note">First would be {newest.flip}.</p>}
          {newest.refused.map(({ service_id: service, by, detail }) => (
            <p key={service} class="muted card-note">
              <code>{service}</code> is out by <code>{by}</code>: {detail}.
            </p>
          ))}
          <Decisions route={route} />
        </>
      )}
      {route.contracts.map(({ model, kept, checked }) => (
        <p key={model} class="muted card-note">
          <code>{model}</code> has kept the contract in {percent(kept)} of {count(Math.round(checked))}{" "}
          answers that had one.
        </p>
      ))}
      {route.learned === null ? null : (
        <LearnedSection route={route.name} learned={route.learned} onSet={onSet} />
      )}
      {route.oversight === null ? null : (
        <OversightSection route={route.name} oversight={route.oversight} onSet={onSet} />
      )}
    </section>
  );
}

/** Who was asked on trial, and what both together come to. */
function Trial({ cascade }: { readonly cascade: Cascade }) {
  const { first, second, right, escalated, cost, alone, cost_alone: instead } = cascade;
  return (
    <p class="muted card-note">
      <code>{first}</code> was asked on trial (it will do in {percent(right)}), with <code>{second}</code>{" "}
      behind it in {percent(escalated)}: {money(Math.round(cost * nanoUsdPerUsd))} for both,{" "}
      {money(Math.round(instead * nanoUsdPerUsd))} for <code>{alone}</code> alone.
    </p>
  );
}

/** The conditions of a pool, in the order in which they are tried. */
function Cases({ route: { name, cases } }: { readonly route: Route }) {
  return (
    <table class="table stacked" aria-label={`Cases of ${name}`}>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Asked are</th>
          <th scope="col">By</th>
        </tr>
      </thead>
      <tbody>
        {cases.map(({ when, use, strategy }, index) => (
          <tr key={index}>
            <td data-name="When">{when === null ? "else" : <code class="whole">{when}</code>}</td>
            <td data-name="Asked are">
              {use === null ? "all its targets" : <code class="whole">{use.join(", ")}</code>}
            </td>
            <td data-name="By">{strategy}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function rulesOf({
  strategy,
  weights,
  max_cost: cost,
  max_latency_ms: latency,
  quality_floor: floor,
  min_contract: contract,
}: Route): string {
  const weighed = Object.entries(weights).map(([name, weight]) => `${name} ${weight}`);
  const words = [
    strategy,
    strategy === "intelligent" ? weighed.join(", ") : null,
    cost === null ? null : `at most ${money(cost * nanoUsdPerUsd)} a request`,
    latency === null ? null : `at most ${span(latency)}`,
    floor === null ? null : `quality from ${floor}`,
    contract === null ? null : `contracts kept from ${percent(contract)}`,
  ];
  return words.filter((word) => word !== null).join(" · ");
}

function Targets({ ranked, name }: { readonly ranked: readonly Ranked[]; readonly name: string }) {
  return (
    <table class="table stacked" aria-label={name}>
      <thead>
        <tr>
          <th scope="col">Target</th>
          <th scope="col" class="number">
            Score
          </th>
          <th scope="col" class="number">
            Cost
          </th>
          <th scope="col" class="number">
            Time
          </th>
          <th scope="col" class="number">
            In flight
          </th>
          <th scope="col" class="number">
            Health
          </th>
          <th scope="col" class="number">
            Quality
          </th>
          <th scope="col" class="number">
            Learned
          </th>
        </tr>
      </thead>
      <tbody>
        {ranked.map((target) => (
          <tr key={target.service_id}>
            <td data-name="Target">
              <code class="whole">{target.service_id}</code>
            </td>
            <td data-name="Score" class="number">
              {target.score.toPrecision(3)}
            </td>
            <td data-name="Cost" class="number">
              {money(
                target.estimated_cost === null ? null : Math.round(target.estimated_cost * nanoUsdPerUsd),
              )}
            </td>
            <td data-name="Time" class="number">
              {span(target.estimated_latency_ms)}
            </td>
            <td data-name="In flight" class="number">
              {count(target.in_flight)}
            </td>
            <td data-name="Health" class="number">
              {percent(target.health)}
            </td>
            <td data-name="Quality" class="number">
              {target.quality.toFixed(2)}
            </td>
            <td data-name="Learned" class="number">
              {percent(target.confidence)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Decisions({ route: { name, decisions } }: { readonly route: Route }) {
  return (
    <details class="more-rows">
      <summary>Last decisions</summary>
      <table class="table stacked" aria-label={`Last decisions of ${name}`}>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Chosen</th>
            <th scope="col">By</th>
            <th scope="col">Request</th>
          </tr>
        </thead>
        <tbody>
          {decisions
            .slice(0, shownMax)
            .map(({ request_id: request, at, ranked, strategy, case: found, chosen_by: by, propensity }) => (
              <tr key={request}>
                <td data-name="When">
                  <time dateTime={moment(at)}>{clockOrDay(at, Date.now())}</time>
                </td>
                <td data-name="Chosen">
                  <code class="whole">{ranked[0]?.service_id}</code>
                </td>
                <td data-name="By">
                  {by === "explore" ? "tried" : by === "guard" ? "guard" : (found?.strategy ?? strategy)}
                  {found === null ? "" : `, ${found.when === null ? found.taken : `case ${found.taken}`}`}
                  {propensity < 1 ? `, chance ${percent(propensity)}` : ""}
                </td>
                <td data-name="Request">
                  <Link to={`/requests/${request}`}>{request.slice(-12)}</Link>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </details>
  );
}
