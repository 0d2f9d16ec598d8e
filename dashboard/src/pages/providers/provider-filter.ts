import { healthOf } from "../../format/health.ts";
import type { UpstreamState } from "../../generated/client.ts";

/** Which providers are shown, as the address has it; an empty text: all. */
export interface ProviderFilter {
  readonly state: "" | "asked" | "failing";
  readonly search: string;
}

export function readFilter(query: URLSearchParams): ProviderFilter {
  const state = query.get("state");
  return {
    state: state === "asked" || state === "failing" ? state : "",
    search: query.get("search") ?? "",
  };
}

/** As an address of the page, with the provider that is open, if one is. */
export function linkOf({ state, search }: ProviderFilter, open?: string): string {
  const query = new URLSearchParams();
  if (state !== "") query.set("state", state);
  if (search !== "") query.set("search", search);
  if (open !== undefined) query.set("open", open);
  return query.size === 0 ? "/providers" : `/providers?${query}`;
}

/** `failing`: also those whose last error is a moment old. */
export function fits(provider: UpstreamState, { state, search }: ProviderFilter, now: number): boolean {
  const { mood } = healthOf(provider, now);
  if (state === "asked" && mood === "calm") return false;
  if (state === "failing" && mood !== "bad" && mood !== "warn") return false;
  const texts = [
    provider.provider,
    provider.known ?? "",
    provider.origin,
    ...provider.dialects,
    ...provider.names,
  ];
  const wanted = search.trim().toLowerCase();
  return texts.some((text) => text.toLowerCase().includes(wanted));
}
