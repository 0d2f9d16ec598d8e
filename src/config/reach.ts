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

function leadsToMetadata(baseUrl: string): boolean {
  const host = hostOf(baseUrl);
  return host !== undefined && addressClass(host) === "metadata";
}

/** As it is dialled: `0x7f.1`, `2130706433` and full-width digits are all `127.0.0.1`. `undefined`: it is no address. */
function hostOf(baseUrl: string): string | undefined {
  if (addressOf(baseUrl) === undefined) return undefined;
  // oxlint-disable-next-line eslint/no-restricted-globals -- an operator's URL, read as the transports read it; never a request target.
  return URL.parse(baseUrl)?.hostname.replace(/^\[|\]$/g, "");
}

interface Reached {
  readonly id: string;
  readonly baseUrl: string;
  readonly endpoints?: { readonly list: readonly { readonly baseUrl: string }[] };
  readonly reach?: Reach;
}

type Sections = Readonly<Record<"providers" | "services", readonly Reached[]>>;

/** How far a host may be reached is one thing for all upstreams there: what one allows would be open to the other unsaid. */
export function checkSharedHosts(sections: Sections): readonly Finding[] {
  const first = new Map<string, { readonly at: string; readonly reach: Reach | undefined }>();
  const findings: Finding[] = [];
  for (const section of ["providers", "services"] as const)
    for (const upstream of sections[section])
      for (const host of new Set(hostsOf(upstream))) {
        const at = `${section}.${upstream.id}`;
        const known = first.get(host);
        if (known === undefined) first.set(host, { at, reach: upstream.reach });
        else if (known.reach !== upstream.reach)
          findings.push({
            path: [section, upstream.id],
            message: `\`${at}\` and \`${known.at}\` are both at \`${host}\`, and \`allowPrivate\` or \`allowMetadata\` of one would open it for the other; say the same of both`,
            at: "name",
          });
      }
  return findings;
}

const hostsOf = ({ baseUrl, endpoints }: Reached): readonly string[] =>
  [baseUrl, ...(endpoints?.list ?? []).map((endpoint) => endpoint.baseUrl)].flatMap(
    (url) => hostOf(url) ?? [],
  );

/** The hosts of upstreams that may be reached further than their names say. */
export function reachByHost({
  providers,
  services,
}: {
  readonly providers: Readonly<Record<string, Reached>>;
  readonly services: Readonly<Record<string, Reached>>;
}): ReadonlyMap<string, Reach> {
  const found = new Map<string, Reach>();
  for (const upstream of [...Object.values(providers), ...Object.values(services)]) {
    const { reach } = upstream;
    if (reach !== undefined) for (const host of hostsOf(upstream)) found.set(host, reach);
  }
  return found;
}
