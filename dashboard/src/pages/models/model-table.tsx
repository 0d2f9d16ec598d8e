import { abilityName, abilityOf, abilityValue, saidBy } from "../../format/abilities.ts";
import { unknown } from "../../format/numbers.ts";
import { hasTiers, perMillion } from "../../format/prices.ts";
import type { ModelTarget } from "../../generated/client.ts";
import { HealthMark } from "../../parts/health-mark.tsx";
import { Link } from "../../parts/link.tsx";
import { idOf, type ModelRow } from "./model-rows.ts";

/** The models with what they cost; the link to a target covers the whole row. */
export function ModelTable(props: {
  readonly rows: readonly ModelRow[];
  readonly now: number;
  readonly openId: string | undefined;
  readonly linkTo: (target: ModelTarget) => string;
}) {
  return (
    <table class="table stacked rows model-table" aria-label="Models">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Leads to</th>
          <th scope="col">State</th>
          <th scope="col" class="number">
            Input
          </th>
          <th scope="col" class="number">
            Output
          </th>
          <th scope="col" class="number">
            Cache read
          </th>
          <th scope="col" class="number">
            Cache write
          </th>
          <th scope="col">Price from</th>
          <th scope="col" class="number">
            Context / answer
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => {
          const { name, kind, place, target } = row;
          const isOpen = idOf(target) === props.openId;
          return (
            <tr
              key={`${kind} ${name} ${place} ${idOf(target)}`}
              class={`${isOpen ? "open" : ""} ${place > 0 ? "next" : ""}`}
              aria-current={isOpen ? "true" : undefined}
            >
              <td data-name="Name">
                <Name row={row} />
              </td>
              <td data-name="Leads to" title={idOf(target)}>
                <Link to={props.linkTo(target)} class="row-link">
                  <span class="muted">{target.provider}/</span>
                  {target.model}
                </Link>
              </td>
              <td data-name="State">
                <HealthMark of={target} now={props.now} />
              </td>
              <PriceCells row={row} />
              <LimitCell target={target} />
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The most tokens of prompt and answer together, and of the answer. */
function LimitCell({ target }: { readonly target: ModelTarget }) {
  const [context, answer] = [abilityOf(target, "contextTokens"), abilityOf(target, "outputTokensMax")];
  const isKnown = context !== undefined || answer !== undefined;
  const said = [context, answer].flatMap((ability) =>
    ability === undefined ? [] : [`${abilityName(ability.name)}: ${saidBy(ability)}`],
  );
  return (
    <td
      data-name="Context / answer"
      class={isKnown ? "number" : "number muted unknown"}
      title={isKnown ? said.join("; ") : undefined}
    >
      {isKnown ? `${abilityValue(context)} / ${abilityValue(answer)}` : unknown}
    </td>
  );
}

const kinds = { pool: "pool", pattern: "pattern" } as const;

function Name({ row: { name, kind, place } }: { readonly row: ModelRow }) {
  if (kind === "seen") return <span class="muted">by request</span>;
  if (place > 0)
    return (
      <span class="muted">
        then <span class="then-for visually-hidden">for {name}</span>
      </span>
    );
  return (
    <span class="model-name" title={name}>
      <strong>{name}</strong>
      {kind === "model" ? null : <span class="tag">{kinds[kind]}</span>}
    </span>
  );
}

function PriceCells({ row: { kind, target } }: { readonly row: ModelRow }) {
  const { price } = target;
  if (price === null) {
    const isPattern = kind === "pattern";
    return (
      <>
        <td data-name="Price" class={isPattern ? "muted no-price" : "warn-text no-price"}>
          {isPattern ? "that of the model asked for" : "no price known"}
        </td>
        <td />
        <td />
        <td />
        <td />
      </>
    );
  }
  const cells = [
    ["Input", perMillion(price, "input")],
    ["Output", perMillion(price, "output")],
    ["Cache read", perMillion(price, "cacheRead")],
    ["Cache write", perMillion(price, "cacheWrite5m", "cacheWriteOther")],
  ] as const;
  return (
    <>
      {cells.map(([name, text]) => (
        <td key={name} data-name={name} class={text === undefined ? "number muted unknown" : "number"}>
          {text ?? unknown}
        </td>
      ))}
      <td data-name="Price from" class="muted" title={price.source}>
        {price.source}
        {hasTiers(price) ? <span class="tag">tiers</span> : null}
      </td>
    </>
  );
}
