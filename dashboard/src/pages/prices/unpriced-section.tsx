import { count } from "../../format/numbers.ts";
import type { PricesState } from "../../generated/client.ts";
import { Link } from "../../parts/link.tsx";
import { linkOf } from "../models/model-filter.ts";

/** Models whose calls nobody knows the price of: that is an alarm, not a zero. */
export function UnpricedSection({ prices: { unpriced, unknownModel } }: { readonly prices: PricesState }) {
  if (unpriced.length === 0) return null;
  return (
    <section class="card flush" aria-labelledby="unpriced">
      <h2 id="unpriced" class="warn-text">
        No price known
      </h2>
      <table class="table" aria-labelledby="unpriced">
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col" class="number">
              Calls
            </th>
          </tr>
        </thead>
        <tbody>
          {unpriced.map(({ provider, model, calls }) => (
            <tr key={`${provider}/${model}`}>
              <td>
                <Link to={linkOf({}, { provider, model })}>
                  {provider}/{model}
                </Link>
              </td>
              <td class="number">{count(calls)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted card-note">
        {unknownModel === "refuse"
          ? "Calls of such models are refused from now on."
          : "They are served, and counted as unpriced. Set a row below, or name one under pricing.rows."}
      </p>
    </section>
  );
}
