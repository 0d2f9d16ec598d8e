import type { CertificateSettings } from "../capabilities/vouched-identity/index.ts";
import type { Config } from "../config/schema.ts";
import type { AcceptedProofs } from "../exchange/proof.ts";
import type { Issuer } from "./vouched-tokens.ts";

/** Who is believed about who is asking, compiled. */
export interface IdentityRules {
  /** By what their tokens say in `iss`. */
  readonly issuers: ReadonlyMap<string, Issuer>;
  readonly certificates: readonly CertificateSettings[];
  /** What counts on the gateway's own routes; absent: any proof. */
  readonly ai?: AcceptedProofs;
}

export const compileIdentity = ({ identity }: Pick<Config, "identity">): IdentityRules => ({
  issuers: new Map(
    identity.issuers.map((settings) => [settings.issuer, { settings, mark: JSON.stringify(settings) }]),
  ),
  certificates: identity.certificates,
  ...(identity.ai === undefined ? {} : { ai: identity.ai }),
});
