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
  pathOf: (dialect: UpstreamDialect) => string,
): readonly Endpoint[] {
  // oxlint-disable-next-line eslint/no-restricted-globals -- an operator's base URL, checked by `config`; never a request target.
  const { origin, pathname } = new URL(address.baseUrl);
  const base = pathname.replace(/\/+$/, "");
  const own = Object.entries(address.headers).flatMap(([name, value]) => [name.toLowerCase(), value]);
  return address.dialects.map((dialect) => ({
    dialect,
    origin,
    // The Messages path carries its own `/v1`, so that one base URL serves both dialects of a provider.
    path:
      dialect === "anthropic-messages" ? base.replace(/\/v1$/, "") + pathOf(dialect) : base + pathOf(dialect),
    headers: [...credentialHeader(dialect, address.credential), ...own],
    credential: address.credential,
    ...(address.forwards === undefined ? {} : { forwards: address.forwards }),
  }));
}

function credentialHeader(dialect: UpstreamDialect, credential: string | undefined): readonly string[] {
  if (credential === undefined) return [];
  return dialect === "anthropic-messages"
    ? ["x-api-key", credential]
    : ["authorization", `Bearer ${credential}`];
}
