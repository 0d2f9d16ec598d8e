export { type Budget, budgetOf } from "./budget.ts";
export { type Budgets, createBudgets, type Reservation, type Spent } from "./budgets.ts";
export type { Spender } from "./matching.ts";
export type { BudgetState } from "./read-model.ts";
export { type BudgetRules, type BudgetSettings, budgetId, budgetRules, budgetSettings } from "./settings.ts";
export { type BudgetDoors, createBudgetDoors } from "./stage.ts";
