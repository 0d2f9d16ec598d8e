import type { HealthSettings } from "../capabilities/load-balancing/index.ts";
import type { UpstreamDialect } from "../exchange/dialect.ts";
import type { AddressPool } from "../exchange/target.ts";
import { addressOf, checkBaseUrl } from "./base-url.ts";
import { type Path, printPath } from "./path.ts";
import type { Finding } from "./problem.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** The addresses of a provider that has several, each with a name of its own. */
export interface ProviderEndpoints extends Pick<AddressPool, "balance" | "hashOn"> {
  readonly list: readonly ProviderEndpoint[];
  readonly health: HealthSettings | undefined;
}

export interface ProviderEndpoint {
  readonly name: string;
  /** Without a final slash. */
  readonly baseUrl: string;
  readonly weight: number;
  readonly region: string | undefined;
}

type Placed = Pick<ProviderSettings, "baseUrl" | "endpoints" | "balance" | "hashOn" | "health" | "region">;

/** The settings with the first of several addresses in the place of `baseUrl`, which all the rest goes by. */
export function withBaseUrl<Settings extends Placed>(settings: Settings): Settings {
  const [first] = settings.endpoints ?? [];
  return first === undefined || settings.baseUrl !== undefined
    ? settings
    : { ...settings, baseUrl: first.baseUrl };
}

/** The addresses as they are balanced; `undefined`: there is one. */
export function endpointsOf(settings: Placed): ProviderEndpoints | undefined {
  const { endpoints, balance = "predicted", hashOn = "conversation", health } = settings;
  if (endpoints === undefined) return undefined;
  return {
    list: endpoints.map((endpoint) => ({
      name: nameOf(endpoint),
      baseUrl: endpoint.baseUrl.replace(/\/+$/, ""),
      weight: endpoint.weight,
      region: endpoint.region ?? settings.region,
    })),
    balance,
    hashOn,
    health,
  };
}

/** What is wrong with the addresses of the provider or service at `path`, and with what is said of them. */
export function checkEndpoints(path: Path, settings: Placed): readonly Finding[] {
  const { endpoints } = settings;
  if (endpoints === undefined) return checkAlone(path, settings);
  const findings: Finding[] = endpoints.flatMap((endpoint, index) =>
    checkBaseUrl(endpoint.baseUrl, [...path, "endpoints", index, "baseUrl"]),
  );
  if (settings.baseUrl !== undefined) {
    const message = `\`${printPath(path)}\` has both \`baseUrl\` and \`endpoints\`; keep one`;
    findings.push({ path: [...path, "baseUrl"], message, at: "name" });
  }
  if (endpoints.every(({ weight }) => weight === 0)) {
    const message = `\`${printPath(path)}.endpoints\` all have weight 0, so nothing could be answered; give one of them a greater`;
    findings.push({ path: [...path, "endpoints"], message, at: "value" });
  }
  return [...findings, ...checkTwice(path, endpoints), ...checkWays(path, settings)];
}

/** What would never count without several addresses. */
function checkAlone(path: Path, settings: Placed): readonly Finding[] {
  return (["balance", "hashOn", "health"] as const).flatMap((field): readonly Finding[] =>
    settings[field] === undefined
      ? []
      : [
          {
            path: [...path, field],
            message: `\`${printPath([...path, field])}\` counts only beside \`endpoints\`: a list of addresses such as \`[{ baseUrl: http://10.0.0.1:8000/v1 }]\``,
            at: "name",
          },
        ],
  );
}

/** Two of one name could not be told apart, and two at one address are one. */
function checkTwice(base: Path, endpoints: NonNullable<Placed["endpoints"]>): readonly Finding[] {
  const seen = new Map<string, number>();
  return endpoints.flatMap((endpoint, index): readonly Finding[] => {
    const own = nameOf(endpoint);
    const earlier = seen.get(own);
    seen.set(own, earlier ?? index);
    if (earlier === undefined) return [];
    const path = [...base, "endpoints", index];
    const message = `\`${printPath(path)}\` is called \`${own}\` like \`endpoints[${earlier}]\`; give it another address, or a \`name\` of its own`;
    return [{ path, message, at: "value" }];
  });
}

/** Signatures are made for one region. */
export function checkSignatures(
  name: string,
  { endpoints = [], aws, region }: Pick<ProviderSettings, "endpoints" | "aws" | "region">,
): readonly Finding[] {
  if (aws === undefined) return [];
  return endpoints.flatMap(({ region: own }, index): readonly Finding[] =>
    own === undefined || own === region
      ? []
      : [
          {
            path: ["providers", name, "endpoints", index, "region"],
            message: `\`providers.${name}\` signs with \`aws\` for the region \`${region ?? ""}\`, which \`${own}\` would refuse; make it a provider of its own`,
            at: "value",
          },
        ],
  );
}

/** A list of models can be asked for where there is one. */
export function checkModelChecks(
  name: string,
  { health }: Pick<ProviderSettings, "health">,
  dialects: readonly UpstreamDialect[],
): readonly Finding[] {
  if (health?.models !== true || dialects[0] !== "bedrock-converse") return [];
  const message = `\`providers.${name}.health.models\`: Bedrock's list of models is elsewhere; give a \`path\``;
  return [{ path: ["providers", name, "health", "models"], message, at: "name" }];
}

function checkWays(path: Path, { balance = "predicted", hashOn, health }: Placed): readonly Finding[] {
  const name = printPath(path);
  const findings: Finding[] = [];
  if (hashOn !== undefined && balance !== "consistent-hash" && balance !== "maglev") {
    const message = `\`${name}.hashOn\` counts only with \`balance: consistent-hash\` or \`balance: maglev\``;
    findings.push({ path: [...path, "hashOn"], message, at: "name" });
  }
  if (health === undefined) return findings;
  if ((health.path === undefined) === (health.models === undefined)) {
    const message = `\`${name}.health\` needs one of \`path: /health\` and \`models: true\``;
    findings.push({ path: [...path, "health"], message, at: "name" });
  }
  const [from = 0, to = from] = health.expect.split("-").map(Number);
  if (to < from) {
    const message = `\`${name}.health.expect\` ends before it begins`;
    findings.push({ path: [...path, "health", "expect"], message, at: "value" });
  }
  return findings;
}

function nameOf({ name, baseUrl }: NonNullable<Placed["endpoints"]>[number]): string {
  if (name !== undefined) return name;
  const found = addressOf(baseUrl);
  return found === undefined ? baseUrl : `${found.host}:${found.port}`;
}
