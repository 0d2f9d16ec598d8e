import { money, price } from "../../format/money.ts";
import { count } from "../../format/numbers.ts";
import type { Cost } from "../../generated/client.ts";

/** What the call cost and how that comes about; never 0 for a price that is not known. */
export function CostSection(props: { readonly cost: Cost | null; readonly isUnmetered: boolean }) {
  const { cost, isUnmetered } = props;
  return (
    <section aria-labelledby="cost">
      <h3 id="cost">
        Cost <span class="muted">{cost?.source == null ? "" : `prices: ${cost.source}`}</span>
      </h3>
      {cost === null ? (
        <p class="muted">
          {isUnmetered ? "Not known: what this call consumed cannot be read." : "Nothing was consumed."}
        </p>
      ) : (
        <>
          <Sum cost={cost} />
          {cost.rows === undefined ? null : (
            <p class="muted">
              By {cost.rows.join("; ")}. Price book <code>{cost.book}</code>
            </p>
          )}
        </>
      )}
    </section>
  );
}

function sumOf({ multiply, egress }: Cost): string {
  const tokens = multiply === undefined ? "Sum" : `Sum times ${multiply}`;
  return egress === undefined ? tokens : `${tokens}, with egress`;
}

function Lines({ lines }: Pick<Cost, "lines">) {
  return lines.map((line) => (
    <tr key={`${line.unit} ${line.nanoUsd}`}>
      <td>
        {line.unit}
        {line.isApproximate ? <span class="tag">approximate</span> : null}
      </td>
      <td class="number">{count(line.quantity)}</td>
      <td class="number">{price(line.nanoUsd, line.per)}</td>
      <td class="number">{money(Math.round((line.quantity * line.nanoUsd) / line.per))}</td>
    </tr>
  ));
}

function Sum({ cost }: { readonly cost: Cost }) {
  if (cost.nanoUsd === null && cost.lines.length === 0 && cost.egress === undefined) {
    return (
      <p>
        <strong class="warn-text">unpriced</strong>{" "}
        <span class="muted">The price of this model is not known. Name one in the configuration.</span>
      </p>
    );
  }
  return (
    <table class="table compact" aria-labelledby="cost">
      <thead>
        <tr>
          <th scope="col">Unit</th>
          <th scope="col" class="number">
            Quantity
          </th>
          <th scope="col" class="number">
            Price
          </th>
          <th scope="col" class="number">
            Amount
          </th>
        </tr>
      </thead>
      <tbody>
        <Lines lines={cost.lines} />
      </tbody>
      {cost.egress === undefined ? null : (
        <tbody>
          <Lines lines={cost.egress.lines} />
          <tr>
            <th scope="row" colSpan={3}>
              Egress
            </th>
            <td class="number">{money(cost.egress.nanoUsd)}</td>
          </tr>
        </tbody>
      )}
      <tfoot>
        <tr>
          <th scope="row" colSpan={3}>
            {sumOf(cost)}
          </th>
          <td class="number">
            <strong class={cost.nanoUsd === null ? "warn-text" : ""}>{money(cost.nanoUsd)}</strong>
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
