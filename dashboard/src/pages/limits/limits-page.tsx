import { useCallback } from "preact/hooks";
import { useMay } from "../../caller.ts";
import { listBudgets, listLimits } from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { PageState } from "../../parts/page-state.tsx";
import { navigate } from "../../router.ts";
import { BudgetSection } from "./budget-section.tsx";
import { LedgerPanel } from "./ledger-panel.tsx";
import { LimitSection } from "./limit-section.tsx";

const everyMs = 2000;

/** How much may be taken, and how much is: rates, and money. */
export function LimitsPage({ query }: { readonly query: URLSearchParams }) {
  const mayReadBudgets = useMay("stats:read");
  const load = useCallback(
    async (signal: AbortSignal) => {
      const [{ limits }, { budgets }] = await Promise.all([
        listLimits({ signal }),
        mayReadBudgets ? listBudgets({ signal }) : { budgets: undefined },
      ]);
      return { limits, budgets };
    },
    [mayReadBudgets],
  );
  const polled = usePolling(load, everyMs);
  const ledger = query.get("ledger");
  const close = useCallback(() => navigate("/limits"), []);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Limits and budgets</h1>
        <p class="muted">How much may be taken, and how much is.</p>
      </div>
      <PageState polled={polled}>
        {({ limits, budgets }) => (
          <>
            <LimitSection limits={limits} onChanged={polled.retry} />
            {budgets === undefined ? null : <BudgetSection budgets={budgets} onChanged={polled.retry} />}
          </>
        )}
      </PageState>
      {ledger === null || ledger === "" ? null : <LedgerPanel key={ledger} budget={ledger} onClose={close} />}
    </div>
  );
}
