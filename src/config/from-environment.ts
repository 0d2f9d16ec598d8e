import type { UpstreamDialect } from "../exchange/dialect.ts";
import { completeConfig } from "./complete.ts";
import type { KnownProvider } from "./resolve-provider.ts";
import { type Config, configSchema } from "./schema.ts";

/** A model server that answered on this machine. */
export interface LocalServer {
  /** Its entry in the catalogue, `ollama`; also the provider's name. */
  readonly known: string;
  /** Ending in `/v1`. */
  readonly baseUrl: string;
  /** The models it says it has. */
  readonly models: readonly string[];
}

/** What a gateway without a configuration file can see. */
export interface Surroundings {
  readonly env: (name: string) => string | undefined;
  readonly catalog: readonly KnownProvider[];
  readonly local: readonly LocalServer[];
}

/** A provider that was found, and by what: `OPENAI_API_KEY`, or the address of a local server. */
export interface FoundProvider {
  readonly provider: string;
  readonly by: string;
}

export type EnvironmentConfig =
  | {
      readonly kind: "found";
      readonly config: Config;
      readonly found: readonly FoundProvider[];
      /** Variables that are set, but cannot be a key: not visible ASCII. */
      readonly ignored: readonly string[];
    }
  | { readonly kind: "nothing"; readonly ignored: readonly string[] };

/** What the sandbox is called as a provider: its models are `sandbox/…`. */
const sandboxName = "sandbox";
const sandboxDialects = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini-generate",
] as const satisfies readonly UpstreamDialect[];

/**
 * The configuration of a gateway without a file: one provider for each key in the environment, in the catalogue's order,
 * then the local servers; all else as the defaults say. `nothing` when there is neither.
 */
export function configFromEnvironment({ env, catalog, local }: Surroundings): EnvironmentConfig {
  const keyed = catalog.flatMap((known) => {
    const credential = credentialOf(known, env);
    const place = placeOf(known, env);
    if (credential === undefined || place === undefined) return [];
    return [{ name: known.id, ...credential, settings: { ...credential.settings, ...place } }];
  });
  const usable = keyed.filter(({ isUsable }) => isUsable);
  const ignored = keyed.filter((entry) => !usable.includes(entry)).map(({ variable }) => variable);
  const servers = local.filter(({ known }) => !usable.some(({ name }) => name === known));
  if (usable.length + servers.length === 0) return { kind: "nothing", ignored };
  const providers = Object.fromEntries([
    ...usable.map(({ name, settings }) => [name, settings] as const),
    ...servers.map(
      ({ known, baseUrl, models }) =>
        [known, { dialect: "openai-chat", baseUrl, models: [...models] }] as const,
    ),
  ]);
  return {
    kind: "found",
    config: completeConfig(configSchema.parse({ providers }), catalog).config,
    found: [
      ...usable.map(({ name, variable }) => ({ provider: name, by: variable })),
      ...servers.map(({ known, baseUrl }) => ({ provider: known, by: baseUrl })),
    ],
    ignored,
  };
}

interface FoundCredential {
  readonly variable: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** It is visible ASCII: it can be sent. */
  readonly isUsable: boolean;
}

/** The provider's key; else, where it takes them, the credentials of AWS. */
function credentialOf(known: KnownProvider, env: Surroundings["env"]): FoundCredential | undefined {
  const trimmed = (name: string): string => env(name)?.trim() ?? "";
  const variable = known.environment.find((name) => trimmed(name) !== "");
  if (variable !== undefined) {
    const key = trimmed(variable);
    return { variable, settings: { key }, isUsable: isVisible(key) };
  }
  const [accessKeyId, secretAccessKey, sessionToken] = awsVariables.map(trimmed);
  if (known.takesAwsCredentials !== true || !accessKeyId || !secretAccessKey) return undefined;
  const aws = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  return {
    variable: awsVariables[0],
    settings: { aws },
    isUsable: /^[A-Z0-9]{16,128}$/.test(accessKeyId) && isVisible(secretAccessKey + (sessionToken ?? "")),
  };
}

const awsVariables = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;

const isVisible = (key: string): boolean => /^[\x21-\x7e]+$/.test(key);

/** Where the operator's own place is, for providers that have no common one; `undefined` where the environment does not say. */
function placeOf(
  { baseUrl, endpointVariable }: KnownProvider,
  env: Surroundings["env"],
): { readonly baseUrl?: string; readonly region?: string } | undefined {
  if (baseUrl.includes("{region}")) {
    const region =
      [env("AWS_REGION"), env("AWS_DEFAULT_REGION")].map((name) => name?.trim() ?? "").find(Boolean) ?? "";
    return /^[a-z0-9-]{1,40}$/.test(region) ? { region } : undefined;
  }
  if (endpointVariable === undefined) return {};
  const endpoint = env(endpointVariable)?.trim().replace(/\/+$/, "") ?? "";
  return endpoint === "" ? undefined : { baseUrl: endpoint + baseUrl };
}

/**
 * The configuration of demo mode: the built-in sandbox is the only provider and speaks the dialects of all clients, so
 * that each gets its own bytes.
 *
 * @param sandboxUrl Where the sandbox listens, without path: `http://127.0.0.1:7229`.
 */
export function demoConfig(sandboxUrl: string, catalog: readonly KnownProvider[]): Config {
  const sandbox = { dialects: sandboxDialects, baseUrl: `${sandboxUrl}/v1` };
  return completeConfig(configSchema.parse({ providers: { [sandboxName]: sandbox } }), catalog).config;
}
