import { price } from "../../format/money.ts";
import { count } from "../../format/numbers.ts";
import { unitName } from "../../format/prices.ts";
import { moment } from "../../format/time.ts";
import { type PriceRow, type PricesState, readPrices } from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { PageState } from "../../parts/page-state.tsx";
import { DriftSection } from "./drift-section.tsx";
import { SetRows } from "./set-rows.tsx";
import { UnpricedSection } from "./unpriced-section.tsx";

const everyMs = 10_000;
const load = (signal: AbortSignal): Promise<PricesState> => readPrices({ signal });

/** What calls are charged by, what has no price, and where providers charge otherwise. */
export function PricesPage() {
  const polled = usePolling(load, everyMs);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Prices</h1>
        <p class="muted">What calls are charged by. A price that is not known is never 0.</p>
      </div>
      <PageState polled={polled}>
        {(prices) => (
          <>
            <UnpricedSection prices={prices} />
            <DriftSection drift={prices.drift} />
            <section class="card flush" aria-labelledby="rows">
              <h2 id="rows">
                Price book <code class="muted">{prices.book}</code>
              </h2>
              <Book rows={prices.rows} />
            </section>
            <SetRows rows={prices.setRows} onSet={polled.retry} />
          </>
        )}
      </PageState>
    </div>
  );
}

/** The operator's rows; beneath them, folded, those of the built-in catalogue; beneath all, the published list. */
function Book({ rows }: { readonly rows: readonly PriceRow[] }) {
  const own = rows.filter(({ layer }) => layer === "operator");
  const builtIn = rows.filter(({ layer }) => layer !== "operator");
  return (
    <>
      {own.length === 0 ? (
        <p class="muted card-note">None of your own: the built-in rows and the published list count.</p>
      ) : (
        <Rows rows={own} name="Rows of the operator" />
      )}
      <details class="more-rows">
        <summary>{count(builtIn.length)} built-in rows: tiers, batches, regions, local servers</summary>
        <Rows rows={builtIn} name="Built-in rows" />
      </details>
      <p class="muted card-note">For all else the published price list counts.</p>
    </>
  );
}

function Rows({ rows, name }: { readonly rows: readonly PriceRow[]; readonly name: string }) {
  return (
    <table class="table stacked" aria-label={name}>
      <thead>
        <tr>
          <th scope="col">Provider</th>
          <th scope="col">Model</th>
          <th scope="col">Only</th>
          <th scope="col">Price</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={JSON.stringify(row)}>
            <td data-name="Provider">{row.match.provider ?? <span class="muted">any</span>}</td>
            <td data-name="Model">
              <code>{row.match.model}</code>
            </td>
            <td data-name="Only" class="muted">
              {conditionOf(row)}
            </td>
            <td data-name="Price">{priceOf(row)}</td>
            <td data-name="From" class="muted">
              {row.source}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function conditionOf({ match, validFrom, validUntil }: PriceRow): string {
  const { account, region, tier, isBatch, dailyUtc } = match;
  const words = [
    account === null ? null : `account ${account}`,
    region === null ? null : `region ${region}`,
    tier === null ? null : `tier ${tier}`,
    isBatch === true ? "batch" : null,
    dailyUtc === null ? null : `${clock(dailyUtc.from)} to ${clock(dailyUtc.until)} UTC`,
    validFrom === null ? null : `from ${moment(validFrom)}`,
    validUntil === null ? null : `until ${moment(validUntil)}`,
  ];
  return words.filter((word) => word !== null).join(", ");
}

function priceOf({ rates, multiply }: PriceRow): string {
  const prices = rates.map(({ unit, nanoUsd, per, tiers }) => {
    const more = tiers.length === 0 ? "" : " and tiers";
    return `${unitName(unit)} ${price(nanoUsd, per)}${more}`;
  });
  const isFree = rates.length > 0 && rates.every(({ nanoUsd }) => nanoUsd === 0);
  return [...(isFree ? ["free"] : prices), ...(multiply === null ? [] : [`× ${multiply}`])].join(", ");
}

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
