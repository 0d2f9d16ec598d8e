import type { UpstreamDialect } from "../exchange/dialect.ts";
import { nearestNames } from "../kernel/nearest.ts";
import type { Secret } from "../kernel/secret.ts";
import type { Reach } from "../ports/dial-guard.ts";
import { checkBaseUrl } from "./base-url.ts";
import type { Path } from "./path.ts";
import { type Finding, suggestion } from "./problem.ts";
import {
  checkEndpoints,
  checkModelChecks,
  checkSignatures,
  endpointsOf,
  type ProviderEndpoints,
  withBaseUrl,
} from "./provider-endpoints.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { checkReach, reachOf } from "./reach.ts";

/** What configuration must know of a provider in the catalogue. */
export interface KnownProvider {
  readonly id: string;
  readonly dialects: readonly UpstreamDialect[];
  readonly baseUrl: string;
  /** Environment variables that hold its key, the usual one first; empty: it takes none. */
  readonly environment: readonly string[];
  /** Globs of the bare model names it serves. */
  readonly models: readonly string[];
  /** Requests may be signed with AWS credentials in the place of a key. */
  readonly takesAwsCredentials?: boolean;
  /** Names the variable that holds the address of one's own resource, to which `baseUrl` (a path) is appended. */
  readonly endpointVariable?: string;
}

/** A provider with all that the file or the catalogue says of it. */
export interface ProviderConfig {
  readonly id: string;
  /** The catalogue entry it follows. */
  readonly known: string | undefined;
  /** All that it speaks; never empty. */
  readonly dialects: readonly UpstreamDialect[];
  /**
   * As OpenAI's SDK would take it, without a final slash. For `anthropic-messages` a final `/v1` is left out before the
   * path is appended, so that one URL serves both dialects: `gateway/endpoints.ts`.
   */
  readonly baseUrl: string;
  readonly key: Secret | undefined;
  readonly region: string | undefined;
  readonly aws: ProviderSettings["aws"];
  readonly sign?: ProviderSettings["sign"];
  readonly models: readonly string[];
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, Secret>>;
  readonly timeouts: { readonly headMs: number; readonly idleMs: number };
  /** Absent: it is served at `baseUrl` alone, which is the first of them otherwise. */
  readonly endpoints?: ProviderEndpoints;
  /** Absent: as far as its name says. */
  readonly reach?: Reach;
}

export type ProviderResolution =
  | { readonly kind: "provider"; readonly provider: ProviderConfig }
  | { readonly kind: "invalid"; readonly findings: readonly Finding[] };

const framingHeaders = new Set([
  "host",
  "content-length",
  "content-type",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
  "expect",
]);

/** Fills in what the catalogue knows of the provider `name`, and refuses what is still unknown or contradicts itself. */
export function resolveProvider(
  name: string,
  written: ProviderSettings,
  catalog: readonly KnownProvider[],
): ProviderResolution {
  const settings = withBaseUrl(written);
  const known = catalog.find((entry) => entry.id === (settings.like ?? name));
  const findings = [
    ...checkLike(name, settings, catalog),
    ...checkDialects(name, settings),
    ...checkHeaders(["providers", name], settings),
    ...checkOwnBaseUrl(name, written),
    ...checkReach(["providers", name], written),
    ...checkKey(name, settings, known),
    ...checkPlace(name, settings, known),
  ];
  const { dialects, baseUrl, models } = { ...known, ...given(settings) };
  findings.push(
    ...checkEndpoints(["providers", name], written),
    ...checkSignatures(name, written),
    ...checkModelChecks(name, written, dialects ?? []),
  );
  if (dialects === undefined || baseUrl === undefined) {
    const unknown = settings.like === undefined ? [unknownProvider(name, settings, catalog)] : [];
    return { kind: "invalid", findings: [...findings, ...unknown] };
  }
  if (findings.length > 0) return { kind: "invalid", findings };
  const [endpoints, reach] = [endpointsOf(settings), reachOf(settings)];
  const headers = Object.entries(settings.headers).map(
    ([header, value]) => [header.toLowerCase(), value] as const,
  );
  return {
    kind: "provider",
    provider: {
      id: name,
      known: known?.id,
      dialects,
      baseUrl: baseUrl.replace("{region}", settings.region ?? "").replace(/\/+$/, ""),
      key: settings.key,
      region: settings.region,
      aws: settings.aws,
      ...(settings.sign === undefined ? {} : { sign: settings.sign }),
      models: models ?? [],
      headers: Object.fromEntries(headers),
      timeouts: settings.timeouts,
      ...(endpoints === undefined ? {} : { endpoints }),
      ...(reach === undefined ? {} : { reach }),
    },
  };
}

/** What the file itself says of that which the catalogue may know. */
function given({ dialect, dialects, baseUrl, models }: ProviderSettings): Partial<Omit<KnownProvider, "id">> {
  const spoken = dialects ?? (dialect === undefined ? undefined : [dialect]);
  return {
    ...(spoken === undefined ? {} : { dialects: spoken }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(models === undefined ? {} : { models }),
  };
}

function checkOwnBaseUrl(name: string, { baseUrl }: ProviderSettings): readonly Finding[] {
  return baseUrl === undefined ? [] : checkBaseUrl(baseUrl, ["providers", name, "baseUrl"]);
}

/** A provider of the catalogue needs its key, unless it takes none or the base URL leads elsewhere. */
function checkKey(
  name: string,
  settings: ProviderSettings,
  known: KnownProvider | undefined,
): readonly Finding[] {
  const [variable] = known?.environment ?? [];
  const isKnown = settings.key !== undefined || settings.aws !== undefined;
  if (variable === undefined || settings.baseUrl !== undefined || isKnown) return [];
  const message = `the provider \`${name}\` needs \`key\`, for example \`key: \${${variable}}\``;
  return [{ path: ["providers", name], message, at: "name" }];
}

/** What stands in a base URL for the operator's own place has to be said; a provider is signed to in one way. */
function checkPlace(
  name: string,
  settings: ProviderSettings,
  known: KnownProvider | undefined,
): readonly Finding[] {
  const findings: Finding[] = [];
  const path = ["providers", name];
  const baseUrl = settings.baseUrl ?? known?.baseUrl ?? "";
  if (baseUrl.includes("{region}") && settings.region === undefined) {
    const message = `the provider \`${name}\` needs \`region\`, for example \`region: eu-central-1\``;
    findings.push({ path, message, at: "name" });
  }
  if (known?.endpointVariable !== undefined && settings.baseUrl === undefined) {
    const message = `the provider \`${name}\` needs \`baseUrl\`: the address of your own resource, followed by \`${known.baseUrl}\``;
    findings.push({ path, message, at: "name" });
  }
  return [...findings, ...checkAws(name, settings)];
}

function checkAws(name: string, settings: ProviderSettings): readonly Finding[] {
  const findings: Finding[] = [];
  const path = ["providers", name];
  if (settings.aws !== undefined && settings.region === undefined) {
    const message = `\`providers.${name}.aws\` needs \`region\` beside it: signatures are made for one`;
    findings.push({ path, message, at: "name" });
  }
  if (settings.aws !== undefined && settings.key !== undefined) {
    const message = `\`providers.${name}\` has both \`key\` and \`aws\`; keep one`;
    findings.push({ path: [...path, "aws"], message, at: "name" });
  }
  if (settings.aws !== undefined && settings.sign !== undefined) {
    const message = `\`providers.${name}\` has both \`sign\` and \`aws\`, which would each sign what the other still changes; keep one`;
    findings.push({ path: [...path, "sign"], message, at: "name" });
  }
  return findings;
}

function checkLike(name: string, { like }: ProviderSettings, catalog: readonly KnownProvider[]): Finding[] {
  if (like === undefined || catalog.some((entry) => entry.id === like)) return [];
  const near = nearestNames(
    like,
    catalog.map((entry) => entry.id),
    2,
  );
  return [
    {
      path: ["providers", name, "like"],
      message: `\`${like}\` is not in the catalogue of providers${suggestion(near)}`,
      at: "value",
    },
  ];
}

function checkDialects(name: string, { dialect, dialects }: ProviderSettings): readonly Finding[] {
  if (dialects === undefined) return [];
  const path = ["providers", name, "dialects"];
  if (dialect !== undefined) {
    return [
      { path, message: `\`providers.${name}\` has both \`dialect\` and \`dialects\`; keep one`, at: "name" },
    ];
  }
  return new Set(dialects).size === dialects.length
    ? []
    : [{ path, message: `\`providers.${name}.dialects\` names a dialect twice`, at: "value" }];
}

/** What is wrong with the headers that the provider or service at `path` is to be sent. */
export function checkHeaders(base: Path, { headers }: Pick<ProviderSettings, "headers">): readonly Finding[] {
  const seen = new Set<string>();
  return Object.keys(headers).flatMap((header): readonly Finding[] => {
    const lower = header.toLowerCase();
    const path = [...base, "headers", header];
    const isRepeated = seen.has(lower);
    seen.add(lower);
    if (framingHeaders.has(lower))
      return [{ path, message: `the header \`${header}\` is the gateway's own to set`, at: "name" }];
    return isRepeated
      ? [
          {
            path,
            message: `the header \`${header}\` is given twice; case does not tell headers apart`,
            at: "name",
          },
        ]
      : [];
  });
}

function unknownProvider(
  name: string,
  settings: ProviderSettings,
  catalog: readonly KnownProvider[],
): Finding {
  const wanted = [
    ...(settings.dialect === undefined && settings.dialects === undefined ? ["`dialect`"] : []),
    ...(settings.baseUrl === undefined ? ["`baseUrl`"] : []),
  ].join(" and ");
  const near = nearestNames(
    name,
    catalog.map((entry) => entry.id),
    2,
  );
  return {
    path: ["providers", name],
    message: `the provider \`${name}\` is not in the catalogue, so it needs ${wanted}${suggestion(near)}`,
    at: "name",
  };
}
