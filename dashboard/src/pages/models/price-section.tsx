import { price as priceText } from "../../format/money.ts";
import { count } from "../../format/numbers.ts";
import { unitName } from "../../format/prices.ts";
import type { ModelPrice } from "../../generated/client.ts";

/** All prices of one model, as the price list has them. */
export function PriceSection(props: { readonly price: ModelPrice | null; readonly isPattern: boolean }) {
  const { price, isPattern } = props;
  return (
    <section aria-labelledby="price">
      <h3 id="price">
        Price <span class="muted">{price === null ? "" : `from: ${price.source}`}</span>
      </h3>
      {price === null ? <NoPrice isPattern={isPattern} /> : <PriceTable price={price} />}
    </section>
  );
}

function NoPrice({ isPattern }: { readonly isPattern: boolean }) {
  if (isPattern) return <p class="muted">That of the model that is asked for.</p>;
  return (
    <p>
      <strong class="warn-text">no price known</strong>{" "}
      <span class="muted">
        Its calls are shown as unpriced, never as free. Name one under <code>pricing.rows</code> in the
        configuration.
      </span>
    </p>
  );
}

function PriceTable({ price }: { readonly price: ModelPrice }) {
  return (
    <>
      <table class="table compact" aria-labelledby="price">
        <thead>
          <tr>
            <th scope="col">Unit</th>
            <th scope="col" class="number">
              Price
            </th>
          </tr>
        </thead>
        <tbody>
          {price.rates.flatMap(({ unit, nanoUsd, per, tiers }) => [
            <tr key={unit}>
              <td>{unitName(unit)}</td>
              <td class="number">{priceText(nanoUsd, per)}</td>
            </tr>,
            ...tiers.map((tier) => (
              <tr key={`${unit} ${tier.above}`}>
                <td class="muted">
                  {unitName(unit)}, above {count(tier.above)} tokens of input
                </td>
                <td class="number">{priceText(tier.nanoUsd, per)}</td>
              </tr>
            )),
          ])}
        </tbody>
      </table>
      {price.multiply === null ? null : (
        <p class="muted">The whole cost is multiplied by {price.multiply}.</p>
      )}
    </>
  );
}
