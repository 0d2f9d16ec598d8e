import type { AdminRoute } from "./admin-route.ts";
import { ledgerQuery } from "./budget-schemas.ts";

/** Budgets and their ledger. */
export const budgetRoutes = {
  listBudgets: {
    method: "GET",
    path: "/api/gateway/budgets",
    permission: "budgets:read",
    reach: "tenant",
    summary: "The budgets: what is spent, held and left of each, and when it runs out.",
    answer: "BudgetList",
  },
  createBudget: {
    method: "POST",
    path: "/api/gateway/budgets/{id}",
    permission: "budgets:write",
    audit: "budget.changed",
    reach: "tenant",
    summary: "Makes a budget.",
    body: "WantedBudget",
    answer: "Budget",
    status: 201,
  },
  setBudget: {
    method: "PUT",
    path: "/api/gateway/budgets/{id}",
    permission: "budgets:write",
    audit: "budget.changed",
    reach: "tenant",
    summary: "Makes or changes a budget; what it has spent stays.",
    body: "WantedBudget",
    answer: "Budget",
  },
  removeBudget: {
    method: "DELETE",
    path: "/api/gateway/budgets/{id}",
    permission: "budgets:write",
    audit: "budget.changed",
    reach: "tenant",
    summary: "Takes a budget away; its ledger stays.",
    answer: "BudgetList",
  },
  listLedger: {
    method: "GET",
    path: "/api/gateway/budgets/{id}/entries",
    permission: "budgets:read",
    reach: "tenant",
    summary: "The ledger of a budget, newest first.",
    query: ledgerQuery,
    answer: "LedgerPage",
  },
} as const satisfies Record<string, AdminRoute>;
