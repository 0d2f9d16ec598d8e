import type { UpstreamCodec } from "../exchange/codec.ts";
import type { UpstreamDialect } from "../exchange/dialect.ts";
import type { Endpoint } from "../exchange/target.ts";

/** What is needed of a provider's settings to reach it. */
export interface ProviderAddress {
  /** As the OpenAI SDK would take it: with `/v1` where the provider has one. */
  readonly baseUrl: string;
  readonly dialects: readonly UpstreamDialect[];
  readonly credential: string | undefined;
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
  return address.dialects.map((dialect) => {
    const codec = codecOf(dialect);
    const base = basePath(dialect, pathname);
    return {
      codec,
      origin,
      basePath: pathname.replace(/\/+$/, ""),
      pathOf: (call) => base + codec.pathOf(call),
      headers: [...credentialHeader(dialect, address.credential), ...own],
      credential: address.credential,
      ...(address.forwards === undefined ? {} : { forwards: address.forwards }),
    };
  });
}

/**
 * What stands before the path of a call. Dialects whose path carries its own version go without the one that OpenAI's
 * SDK wants in its base URL, so that one base URL serves all dialects of a provider.
 */
function basePath(dialect: UpstreamDialect, pathname: string): string {
  const base = pathname.replace(/\/+$/, "");
  switch (dialect) {
    case "anthropic-messages":
      return base.replace(/\/v1$/, "");
    case "gemini-generate":
      return base.replace(/\/v1(?:beta|alpha)?(?:\/openai)?$/, "");
    case "cohere-chat":
      return base.replace(/(?:\/compatibility)?\/v[12]$/, "");
    case "openai-chat":
    case "openai-responses":
    case "mistral-chat":
    case "bedrock-converse":
      return base;
  }
}

function credentialHeader(dialect: UpstreamDialect, credential: string | undefined): readonly string[] {
  if (credential === undefined) return [];
  switch (dialect) {
    case "anthropic-messages":
      return ["x-api-key", credential];
    case "gemini-generate":
      return ["x-goog-api-key", credential];
    case "openai-chat":
    case "openai-responses":
    case "mistral-chat":
    case "cohere-chat":
    case "bedrock-converse":
      return ["authorization", `Bearer ${credential}`];
  }
}
