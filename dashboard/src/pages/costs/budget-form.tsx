import { useState } from "preact/hooks";
import { navigate } from "../../router.ts";
import { type CostPlace, linkOf } from "./cost-link.ts";

/** Holds a month's budget against the forecast; it is in the address and nowhere else. */
export function BudgetForm({ place }: { readonly place: CostPlace }) {
  const [typed, setTyped] = useState(place.budgetUsd === undefined ? "" : String(place.budgetUsd));
  return (
    <form
      class="budget-form"
      onSubmit={(event) => {
        event.preventDefault();
        navigate(linkOf({ ...place, budgetUsd: typed === "" ? undefined : Number(typed) }));
      }}
    >
      <label>
        <span>Budget of the month, US dollars</span>
        <input
          type="number"
          min="0.000001"
          step="any"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button">
        When does it run out?
      </button>
    </form>
  );
}
