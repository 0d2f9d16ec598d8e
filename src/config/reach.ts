import * as z from "zod";
import { addressClass } from "../kernel/address-class.ts";
import type { Reach } from "../ports/dial-guard.ts";
import { addressOf } from "./base-url.ts";
import type { Path } from "./path.ts";
import type { Finding } from "./problem.ts";

/** How far an upstream may be reached. */
export const reachFields = {
  allowPrivate: z
    .boolean()
    .default(false)
    .describe(
      "Whether a public name may lead into a private network. An address, `localhost`, a name without a dot and one under `.local`, `.internal`, `.lan`, `.home.arpa` or `.localhost` always may: who writes it means it.",
    ),
  allowMetadata: z
    .boolean()
    .default(false)
    .describe(
      "Whether it may be the metadata service of a cloud, which gives away its machines' credentials.",
    ),
};

interface Written {
  readonly allowPrivate: boolean;
  readonly allowMetadata: boolean;
  readonly baseUrl?: string;
  readonly endpoints?: readonly { readonly baseUrl: string }[];
}

/** `undefined`: as far as its name says. */
export const reachOf = ({ allowPrivate, allowMetadata }: Written): Reach | undefined =>
  allowMetadata ? "metadata" : allowPrivate ? "private" : undefined;

/** Says at load what each dial would be refused for. */
export function checkReach(
  path: Path,
  { allowMetadata, baseUrl, endpoints = [] }: Written,
): readonly Finding[] {
  if (allowMetadata) return [];
  const places = [
    ...(baseUrl === undefined ? [] : [{ at: ["baseUrl"], baseUrl }]),
    ...endpoints.map((endpoint, index) => ({
      at: ["endpoints", index, "baseUrl"],
      baseUrl: endpoint.baseUrl,
    })),
  ];
  return places
    .filter(({ baseUrl: url }) => leadsToMetadata(url))
    .map(({ at }) => ({
      path: [...path, ...at],
      message:
        "this is the metadata service of a cloud, which gives away its machines' credentials; if it is meant, say `allowMetadata: true` beside it",
      at: "value",
    }));
}

/** Other spellings of such an address are refused when they are dialled. */
function leadsToMetadata(baseUrl: string): boolean {
  const host = addressOf(baseUrl)?.host;
  return host !== undefined && addressClass(host) === "metadata";
}

interface Reached {
  readonly baseUrl: string;
  readonly endpoints?: { readonly list: readonly { readonly baseUrl: string }[] };
  readonly reach?: Reach;
}

/** The hosts of upstreams that may be reached further than their names say. */
export function reachByHost({
  providers,
  services,
}: {
  readonly providers: Readonly<Record<string, Reached>>;
  readonly services: Readonly<Record<string, Reached>>;
}): ReadonlyMap<string, Reach> {
  const found = new Map<string, Reach>();
  for (const { baseUrl, endpoints, reach } of [...Object.values(providers), ...Object.values(services)]) {
    if (reach === undefined) continue;
    for (const place of [{ baseUrl }, ...(endpoints?.list ?? [])]) {
      const host = addressOf(place.baseUrl)?.host;
      if (host !== undefined && found.get(host) !== "metadata") found.set(host, reach);
    }
  }
  return found;
}
