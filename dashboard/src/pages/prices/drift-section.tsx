import { money } from "../../format/money.ts";
import { count } from "../../format/numbers.ts";
import type { PricesState } from "../../generated/client.ts";

/** What providers say that calls cost, beside what the book says. */
export function DriftSection({ drift }: { readonly drift: PricesState["drift"] }) {
  if (drift.length === 0) return null;
  return (
    <section class="card flush" aria-labelledby="drift">
      <h2 id="drift">As the providers count</h2>
      <table class="table" aria-labelledby="drift">
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col" class="number">
              Calls
            </th>
            <th scope="col" class="number">
              By the book
            </th>
            <th scope="col" class="number">
              By the provider
            </th>
            <th scope="col" class="number">
              Difference
            </th>
          </tr>
        </thead>
        <tbody>
          {drift.map(({ provider, model, calls, oursNanoUsd, reportedNanoUsd, isAlarming }) => (
            <tr key={`${provider}/${model}`}>
              <td>
                <span class="muted">{provider}/</span>
                {model}
              </td>
              <td class="number">{count(calls)}</td>
              <td class="number">{money(oursNanoUsd)}</td>
              <td class="number">{money(reportedNanoUsd)}</td>
              <td class={isAlarming ? "number bad-text" : "number"}>
                {differenceOf(oursNanoUsd, reportedNanoUsd)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function differenceOf(ours: number, reported: number): string {
  if (reported === 0) return ours === 0 ? "none" : "theirs is free";
  const share = ((ours - reported) / reported) * 100;
  return `${share > 0 ? "+" : share < 0 ? "−" : ""}${Math.abs(share).toFixed(1)} %`;
}
