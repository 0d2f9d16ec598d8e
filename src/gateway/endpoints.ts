import type { UpstreamCodec } from "../exchange/codec.ts";
import type { UpstreamDialect } from "../exchange/dialect.ts";
import type { Endpoint } from "../exchange/target.ts";

/** What is needed of a provider's settings to reach it. */
export interface ProviderAddress {
  /** As the OpenAI SDK would take it: with `/v1` where the provider has one. */
  readonly baseUrl: string;
  readonly dialects: readonly UpstreamDialect[];
  readonly credential: string | undefined;
  /** The header that carries it, where it is not the dialect's own. */
  readonly credentialHeader?: string | undefined;
  /** Signs each request, in the place of a credential. */
  readonly sign?: Endpoint["sign"];
  readonly signer?: Endpoint["signer"];
  readonly headers: Readonly<Record<string, string>>;
  /** Client headers that go on to it besides those of its dialect; lower-case. */
  readonly forwards?: readonly string[];
}

/** One endpoint for each dialect that the provider speaks, in the order of its settings. */
export function endpointsOf(
  address: ProviderAddress,
  codecOf: (dialect: UpstreamDialect) => UpstreamCodec,
): readonly Endpoint[] {
  // oxlint-disable-next-line eslint/no-restricted-globals -- an operator's base URL, checked by `config`; never a request target.
  const { origin, pathname } = new URL(address.baseUrl);
  const own = Object.entries(address.headers).flatMap(([name, value]) => [name.toLowerCase(), value]);
  return address.dialects.flatMap(withSiblings).map((dialect) => {
    const codec = codecOf(dialect);
    const base = basePath(dialect, pathname);
    return {
      codec,
      origin,
      basePath: pathname.replace(/\/+$/, ""),
      pathOf: (call) => base + codec.pathOf(call),
      headers: [...credentialHeader(dialect, address), ...own],
      credential: address.credential,
      ...(address.forwards === undefined ? {} : { forwards: address.forwards }),
      ...(address.sign === undefined ? {} : { sign: address.sign }),
      ...(address.signer === undefined ? {} : { signer: address.signer }),
    };
  });
}

/** The whole path of a provider's list of models, where it has one. */
export function modelsPathOf({ codec: { dialect }, basePath: configured }: Endpoint): string {
  const base = basePath(dialect, configured);
  switch (dialect) {
    case "anthropic-messages":
    case "anthropic-count":
    case "cohere-chat":
    case "cohere-embeddings":
      return `${base}/v1/models`;
    case "gemini-generate":
    case "gemini-embeddings":
      return `${base}/v1beta/models`;
    case "openai-chat":
    case "openai-responses":
    case "openai-embeddings":
    case "mistral-chat":
    case "bedrock-converse":
      return `${base}/models`;
  }
}

/** Who answers in a dialect also makes vectors or counts tokens in those of its family; whether a model does is its own to say. */
function withSiblings(dialect: UpstreamDialect): readonly UpstreamDialect[] {
  switch (dialect) {
    case "openai-chat":
    case "mistral-chat":
      return [dialect, "openai-embeddings"];
    case "gemini-generate":
      return [dialect, "gemini-embeddings"];
    case "cohere-chat":
      return [dialect, "cohere-embeddings"];
    case "anthropic-messages":
      return [dialect, "anthropic-count"];
    default:
      return [dialect];
  }
}

/**
 * What stands before the path of a call. Dialects whose path carries its own version go without the one that OpenAI's
 * SDK wants in its base URL, so that one base URL serves all dialects of a provider.
 */
function basePath(dialect: UpstreamDialect, pathname: string): string {
  const base = pathname.replace(/\/+$/, "");
  switch (dialect) {
    case "anthropic-messages":
    case "anthropic-count":
      return base.replace(/\/v1$/, "");
    case "gemini-generate":
    case "gemini-embeddings":
      return base.replace(/\/v1(?:beta|alpha)?(?:\/openai)?$/, "");
    case "cohere-chat":
    case "cohere-embeddings":
      return base.replace(/(?:\/compatibility)?\/v[12]$/, "");
    case "openai-chat":
    case "openai-responses":
    case "openai-embeddings":
    case "mistral-chat":
    case "bedrock-converse":
      return base;
  }
}

function credentialHeader(
  dialect: UpstreamDialect,
  { credential, credentialHeader: name }: ProviderAddress,
): readonly string[] {
  if (credential === undefined) return [];
  if (name !== undefined) return [name, credential];
  switch (dialect) {
    case "anthropic-messages":
    case "anthropic-count":
      return ["x-api-key", credential];
    case "gemini-generate":
    case "gemini-embeddings":
      return ["x-goog-api-key", credential];
    case "openai-chat":
    case "openai-responses":
    case "openai-embeddings":
    case "mistral-chat":
    case "cohere-chat":
    case "cohere-embeddings":
    case "bedrock-converse":
      return ["authorization", `Bearer ${credential}`];
  }
}
