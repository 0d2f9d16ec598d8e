import { compileRateCard, type PricingSettings, rateRows } from "../capabilities/pricing/index.ts";
import { nearestNames } from "../kernel/nearest.ts";
import { knowsModels } from "./known-models.ts";
import { checkLimits } from "./limits.ts";
import { checkListeners, checkLoops } from "./listeners.ts";
import { checkPools } from "./pools.ts";
import { type Finding, suggestion } from "./problem.ts";
import { checkSharedHosts } from "./reach.ts";
import { checkRegions } from "./regions.ts";
import { type KnownProvider, type ProviderConfig, resolveProvider } from "./resolve-provider.ts";
import type { Config, WrittenConfig } from "./schema.ts";
import { checkServices, servicesOf } from "./services.ts";

export interface CompletedConfig {
  /** Only to be used when there are no findings. */
  readonly config: Config;
  readonly findings: readonly Finding[];
}

/** Consults the catalogue for each provider and makes the checks that need the whole configuration. */
export function completeConfig(written: WrittenConfig, catalog: readonly KnownProvider[]): CompletedConfig {
  const resolutions = Object.entries(written.providers).map(([name, settings]) =>
    resolveProvider(name, settings, catalog),
  );
  const providers = resolutions.flatMap((resolution): readonly ProviderConfig[] =>
    resolution.kind === "provider" ? [resolution.provider] : [],
  );
  const services = servicesOf(written);
  const findings = [
    ...resolutions.flatMap((resolution) => (resolution.kind === "invalid" ? resolution.findings : [])),
    ...(isEmpty(written) ? [noProvider] : []),
    ...checkPools(written.models, Object.keys(written.providers)),
    ...checkRegions(written),
    ...checkAbilityRows(written),
    ...checkResilience(written, providers),
    ...checkPriceRows(written.pricing),
    ...checkLimits(written, providers),
    ...checkListeners(written),
    ...checkServices(written),
    ...checkSharedHosts({ providers, services }),
    ...checkLoops("providers", providers, written),
    ...checkLoops("services", services, written),
  ];
  const byName = Object.fromEntries(providers.map((provider) => [provider.id, provider]));
  return {
    config: {
      ...written,
      providers: byName,
      services: Object.fromEntries(services.map((service) => [service.id, service])),
    },
    findings,
  };
}

const isEmpty = ({ providers, services }: WrittenConfig): boolean =>
  Object.keys(providers).length + Object.keys(services).length === 0;

/** An empty file is refused too, so that one which is just being written does not empty a running gateway. */
const noProvider: Finding = {
  path: ["providers"],
  message:
    "neither `providers` nor `services` names anybody, so nothing could be answered; for example `openai: { key: ${OPENAI_API_KEY} }`",
  at: "name",
};

/** A row for a provider that is not there would never count, and nobody would notice. */
function checkAbilityRows({ abilities, providers }: WrittenConfig): readonly Finding[] {
  const names = Object.keys(providers);
  return abilities.models.flatMap(({ provider }, index): readonly Finding[] => {
    if (provider === undefined || names.includes(provider)) return [];
    return [
      {
        path: ["abilities", "models", index, "provider"],
        message: `\`${provider}\` is no provider of this file${suggestion(nearestNames(provider, names, 2))}`,
        at: "value",
      },
    ];
  });
}

/** Rules for a name that nobody can ask for would never count. */
function checkResilience(
  { resilience, models }: WrittenConfig,
  providers: readonly ProviderConfig[],
): readonly Finding[] {
  const pools = Object.keys(models);
  const isKnown = knowsModels(pools, providers);
  return Object.keys(resilience.models).flatMap((name): readonly Finding[] =>
    isKnown(name)
      ? []
      : [
          {
            path: ["resilience", "models", name],
            message: `\`${name}\` is no pool and no model of this file${suggestion(nearestNames(name, pools, 2))}`,
            at: "name",
          },
        ],
  );
}

/** Two rows that match the same calls from the same moment: nobody could say which price counts. */
function checkPriceRows({ rows }: PricingSettings): readonly Finding[] {
  const compiled = rateRows(rows, "operator");
  const card = compileRateCard(compiled);
  if (card.kind === "card") return [];
  const [first, second] = card.rows.map((row) => compiled.indexOf(row));
  const message = `\`pricing.rows[${second}]\` matches the same calls as \`pricing.rows[${first}]\` from the same moment; tell them apart by \`match\` or \`validFrom\``;
  return [{ path: ["pricing", "rows", second ?? 0], message, at: "value" }];
}
