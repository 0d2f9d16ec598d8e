import { healthOf } from "../../format/health.ts";
import type { ModelTarget } from "../../generated/client.ts";
import { idOf, type ModelRow } from "./model-rows.ts";

/** Which models are shown, as the address has it; an empty text: all. */
export interface ModelFilter {
  readonly only: "" | "unpriced" | "failing";
  readonly provider: string;
  readonly search: string;
}

export function readFilter(query: URLSearchParams): ModelFilter {
  const only = query.get("only");
  return {
    only: only === "unpriced" || only === "failing" ? only : "",
    provider: query.get("provider") ?? "",
    search: query.get("search") ?? "",
  };
}

/** As an address of the page, with the model that is open, if one is. */
export function linkOf(
  { only = "", provider = "", search = "" }: Partial<ModelFilter>,
  open?: Pick<ModelTarget, "provider" | "model">,
): string {
  const query = new URLSearchParams();
  if (only !== "") query.set("only", only);
  if (provider !== "") query.set("provider", provider);
  if (search !== "") query.set("search", search);
  if (open !== undefined) query.set("open", idOf(open));
  return query.size === 0 ? "/models" : `/models?${query}`;
}

/** A pattern has many prices and is never one without; `failing`: also those whose last error is a moment old. */
export function fits({ name, kind, target }: ModelRow, filter: ModelFilter, now: number): boolean {
  const { mood } = healthOf(target, now);
  if (filter.provider !== "" && target.provider !== filter.provider) return false;
  if (filter.only === "unpriced" && (kind === "pattern" || target.price !== null)) return false;
  if (filter.only === "failing" && mood !== "bad" && mood !== "warn") return false;
  const wanted = filter.search.trim().toLowerCase();
  return [name ?? "", idOf(target)].some((text) => text.toLowerCase().includes(wanted));
}
