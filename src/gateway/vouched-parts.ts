import type { Clock } from "../ports/clock.ts";
import type { StoredDocument } from "../ports/document-store.ts";
import type { Logger } from "../ports/logger.ts";
import type { Timer } from "../ports/timer.ts";
import type { TokenSigner, TokenVerifier } from "../ports/token-verifier.ts";
import type { Transport } from "../ports/transport.ts";
import { createDeniedTokens, type DeniedTokens, type DeniedTokensParts } from "./denied-tokens.ts";
import { createIdentityTokens, type IdentityTokens } from "./identity-tokens.ts";
import { createIssuerKeys } from "./issuer-keys.ts";
import type { Snapshot } from "./snapshot.ts";
import { createVouchedTokens } from "./vouched-tokens.ts";
import { createVouching, type Vouching } from "./vouching.ts";

/** What the world gives to those who believe tokens, and make them. */
export interface VouchedStores {
  readonly verifier: TokenVerifier;
  readonly signer: TokenSigner;
  /** A secret of this installation for a purpose, the same each time. */
  readonly derive: (purpose: string) => string;
  /** Tokens that were denied before this start. */
  readonly denied: readonly StoredDocument[];
}

export interface VouchedWorld {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly logger: Logger;
  readonly transport: Transport;
}

/** All that has to do with the word of others about who is asking, and with our word to others. */
export interface Vouched {
  readonly vouching: Vouching;
  readonly denied: DeniedTokens;
  readonly identityTokens: IdentityTokens;
  /** A new configuration counts from now on. */
  readonly configure: (next: Pick<Snapshot, "identity">) => void;
}

export function createVouched(
  stores: VouchedStores & Pick<DeniedTokensParts, "documents">,
  world: VouchedWorld,
  snapshot: Pick<Snapshot, "identity">,
): Vouched {
  const { clock } = world;
  const { verifier } = stores;
  const denied = createDeniedTokens({ ...stores, clock });
  const keys = createIssuerKeys(world);
  const tokens = createVouchedTokens({ clock, verifier, keys, isDenied: denied.isDenied });
  const configure = ({ identity: { issuers } }: Pick<Snapshot, "identity">): void =>
    keys.configure([...issuers.values()].map(({ settings }) => settings));
  configure(snapshot);
  return {
    vouching: createVouching({ clock, tokens, nameOf: verifier.sha256 }),
    denied,
    identityTokens: createIdentityTokens({ ...stores, clock }),
    configure,
  };
}
