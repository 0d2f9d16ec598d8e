/** What the page is asked, as its address has it. */
export interface CostPlace {
  readonly scope: string;
  /** Of the month, US dollars; `undefined`: none is held against it. */
  readonly budgetUsd: number | undefined;
}

export const wholeInstallation = "all";

export function readPlace(query: URLSearchParams): CostPlace {
  const budget = Number(query.get("budget") ?? "");
  return {
    scope: query.get("scope") || wholeInstallation,
    budgetUsd: Number.isFinite(budget) && budget > 0 ? budget : undefined,
  };
}

export function linkOf({ scope, budgetUsd }: CostPlace): string {
  const query = new URLSearchParams();
  if (scope !== wholeInstallation) query.set("scope", scope);
  if (budgetUsd !== undefined) query.set("budget", String(budgetUsd));
  return query.size === 0 ? "/costs" : `/costs?${query}`;
}
