import { addressOf } from "../config/base-url.ts";
import { isLoopback } from "../config/listeners.ts";
import type { ProviderConfig } from "../config/resolve-provider.ts";
import type { Config } from "../config/schema.ts";
import { catalogProviders } from "../providers/catalog/index.ts";
import { askForModels } from "./local-servers.ts";

/** A server that the configuration names is worth a wait. */
const answerTimeoutMs = 2000;

/**
 * A model that a client can ask for right away: a pool, or a provider's own that the configuration, the catalogue or,
 * on this machine, the server itself names. `undefined` when nobody names one.
 */
export async function sampleModelOf({ models, providers }: Config): Promise<string | undefined> {
  const [pool] = Object.keys(models);
  if (pool !== undefined) return pool;
  for (const provider of Object.values(providers)) {
    const name = nameOf(provider) ?? (await askedOf(provider));
    if (name !== undefined) return `${provider.id}/${name}`;
  }
  return undefined;
}

function nameOf({ known, models }: ProviderConfig): string | undefined {
  return (
    models.find((glob) => !glob.includes("*")) ?? catalogProviders.find(({ id }) => id === known)?.sampleModel
  );
}

async function askedOf({ baseUrl }: ProviderConfig): Promise<string | undefined> {
  const address = addressOf(baseUrl);
  if (address === undefined || !isLoopback(address.host)) return undefined;
  return (await askForModels(baseUrl, answerTimeoutMs))[0];
}
