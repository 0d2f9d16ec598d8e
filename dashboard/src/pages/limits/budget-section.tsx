import { useState } from "preact/hooks";
import { useMay } from "../../caller.ts";
import { money } from "../../format/money.ts";
import { percent } from "../../format/numbers.ts";
import { day } from "../../format/time.ts";
import { type Budget, removeBudget } from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { ChangeCell } from "../../parts/change-cell.tsx";
import { Gauge } from "../../parts/gauge.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Link } from "../../parts/link.tsx";
import { BudgetDialog } from "./budget-dialog.tsx";

type Asked = { readonly kind: "make" } | { readonly kind: "edit" | "remove"; readonly budget: Budget };

/** The budgets, with what is spent and held of each. */
export function BudgetSection(props: {
  readonly budgets: readonly Budget[];
  readonly onChanged: () => void;
}) {
  const { budgets, onChanged } = props;
  const mayWrite = useMay("budgets:write");
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const close = (): void => setAsked(undefined);
  return (
    <section class="card flush" aria-labelledby="budgets">
      <div class="card-head">
        <h2 id="budgets">Budgets</h2>
        {mayWrite ? (
          <button type="button" class="button" onClick={() => setAsked({ kind: "make" })}>
            <Icon name="plus" />
            Make a budget
          </button>
        ) : null}
      </div>
      {budgets.length === 0 ? (
        <p class="muted card-note">None: nobody is kept from spending.</p>
      ) : (
        <table class="table stacked" aria-labelledby="budgets">
          <thead>
            <tr>
              <th scope="col">Budget</th>
              <th scope="col" class="number">
                Limit
              </th>
              <th scope="col">Used</th>
              <th scope="col" class="number">
                Left
              </th>
              <th scope="col">Ends</th>
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {budgets.map((budget) => (
              <BudgetRow
                key={budget.id}
                budget={budget}
                onStep={
                  mayWrite && budget.source === "set" ? (kind) => setAsked({ kind, budget }) : undefined
                }
              />
            ))}
          </tbody>
        </table>
      )}
      {asked === undefined ? null : asked.kind === "remove" ? (
        <AskDialog
          title={`Remove the budget ${asked.budget.id}?`}
          action="Remove"
          keep="Keep it"
          isDanger
          work={() => removeBudget(asked.budget.id).then(onChanged)}
          onClose={close}
        >
          <p>Nobody is kept from spending by it any more. Its ledger stays.</p>
        </AskDialog>
      ) : (
        <BudgetDialog
          before={asked.kind === "edit" ? asked.budget : undefined}
          onClose={close}
          onDone={onChanged}
        />
      )}
    </section>
  );
}

function BudgetRow(props: {
  readonly budget: Budget;
  readonly onStep: ((kind: "edit" | "remove") => void) | undefined;
}) {
  const { budget, onStep } = props;
  const limit = Number(budget.limit);
  return (
    <tr data-budget={budget.id}>
      <td data-name="Budget">
        <div>
          <Link to={`/limits?ledger=${encodeURIComponent(budget.id)}`}>{budget.id}</Link>
          <span class="tag">{budget.source === "file" ? "file" : "set here"}</span>
          <div class="muted">{boundsOfBudget(budget)}</div>
        </div>
      </td>
      <td data-name="Limit" class="number">
        <div>
          {money(limit)}
          <div class="muted">{budget.period === "total" ? "for good" : `a ${budget.period}`}</div>
        </div>
      </td>
      <td data-name="Used" class="gauge-cell">
        <div>
          <Gauge
            label={`Used of ${budget.id}`}
            fill={budget.usedRatio}
            held={limit === 0 ? 0 : Number(budget.reserved) / limit}
          />
          <span class="muted">
            {money(Number(budget.settled))}, {percent(budget.usedRatio)}
            {budget.reserved === "0" ? "" : `; ${money(Number(budget.reserved))} held`}
          </span>
        </div>
      </td>
      <td data-name="Left" class={`number ${Number(budget.available) <= 0 ? "bad-text" : ""}`}>
        {money(Number(budget.available))}
      </td>
      <td data-name="Ends" class="whole">
        <div>
          {budget.periodEnd === null ? "never" : day(budget.periodEnd)}
          {budget.runsOutOn === null ? null : (
            <div class="warn-text">used up by {budget.runsOutOn}, if it goes on so</div>
          )}
        </div>
      </td>
      <ChangeCell name={budget.id} onStep={onStep} />
    </tr>
  );
}

function boundsOfBudget({ scope, kind }: Budget): string {
  const named = Object.entries(scope).map(([level, glob]) => `${level} ${glob}`);
  return [kind, named.length === 0 ? "all calls" : named.join(", ")].join(" · ");
}
