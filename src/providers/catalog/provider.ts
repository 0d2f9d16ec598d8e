import type { UpstreamDialect } from "../../exchange/dialect.ts";

/** A provider that needs nothing but its key. */
export interface CatalogProvider {
  readonly id: string;
  readonly dialects: readonly UpstreamDialect[];
  /**
   * As the provider's own SDK would take it; a path where `endpointVariable` tells what goes before it; with `{region}`
   * where the operator's region stands.
   */
  readonly baseUrl: string;
  /** Names the variable that holds the address of the operator's own resource, for providers without a common one. */
  readonly endpointVariable?: string;
  /** Environment variables that hold its key, the usual one first; empty: it takes none. */
  readonly environment: readonly string[];
  /** Requests may be signed with AWS credentials in the place of a key. */
  readonly takesAwsCredentials?: boolean;
  /** The header that carries the key, where it is not the dialect's own; lower-case. */
  readonly credentialHeader?: string;
  /** Globs of the bare model names it serves: families that belong to it alone. */
  readonly models: readonly string[];
  /** Its profile within the OpenAI-compatible family: `providers/openai-compatible/quirks.ts`; absent: `default`. */
  readonly quirks?: string;
  /** What the price list calls it, where that is another name. */
  readonly priceProvider?: string;
  /** What models.dev calls it, where that is another name. */
  readonly modelsDevId?: string;
  /** A current, cheap model for the printed `curl`; absent where only the server itself knows what it has. */
  readonly sampleModel?: string;
  /** Client headers that mean something to it alone and are sent on to it; lower-case. */
  readonly forwards?: readonly string[];
}
