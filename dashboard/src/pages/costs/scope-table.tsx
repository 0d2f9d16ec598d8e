import { dollars } from "../../format/money.ts";
import { count } from "../../format/numbers.ts";
import type { CostForecast } from "../../generated/client.ts";
import { Link } from "../../parts/link.tsx";
import { type CostPlace, linkOf } from "./cost-link.ts";

/** All scopes that have cost the most; a name opens its own forecast. */
export function ScopeTable(props: { readonly forecast: CostForecast; readonly place: CostPlace }) {
  const { scopes, scopesTotal } = props.forecast;
  const more = scopesTotal - scopes.length;
  return (
    <section class="card flush" aria-labelledby="scopes">
      <h2 id="scopes">By key, route and provider</h2>
      <table class="table stacked" aria-labelledby="scopes">
        <thead>
          <tr>
            <th scope="col">Scope</th>
            <th scope="col" class="number">
              So far
            </th>
            <th scope="col" class="number">
              At the end of the month
            </th>
            <th scope="col" class="number">
              Eight of ten
            </th>
            <th scope="col" class="number">
              Requests
            </th>
            <th scope="col" class="number" title="Their price is not known: they are in no figure here">
              Unpriced
            </th>
          </tr>
        </thead>
        <tbody>
          {scopes.map(({ scope, name, monthToDateUsd, p10Usd, p50Usd, p90Usd, calls, unpriced }) => (
            <tr key={scope}>
              <td data-name="Scope">
                <span>
                  <Link to={linkOf({ ...props.place, scope })}>
                    <code>{scope}</code>
                  </Link>
                  {name === null ? null : <span class="muted"> {name}</span>}
                </span>
              </td>
              <td data-name="So far" class="number">
                {dollars(monthToDateUsd)}
              </td>
              <td data-name="At the end of the month" class="number">
                {dollars(p50Usd)}
              </td>
              <td data-name="Eight of ten" class="number">
                {p10Usd === null || p90Usd === null
                  ? "not known yet"
                  : `${dollars(p10Usd)} to ${dollars(p90Usd)}`}
              </td>
              <td data-name="Requests" class="number">
                {count(calls)}
              </td>
              <td data-name="Unpriced" class="number">
                {count(unpriced)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 ? <p class="muted card-note">And {count(more)} that have cost less.</p> : null}
    </section>
  );
}
