import { signingSeeds, upstreamClaims, upstreamTokenMs } from "../capabilities/vouched-identity/index.ts";
import type { Identity } from "../exchange/identity.ts";
import { createLru } from "../kernel/lru.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { SigningKey, TokenSigner } from "../ports/token-verifier.ts";

/** The gateway's own word to services about who asks. */
export interface IdentityTokens {
  /** For one service alone, good for half a minute at least. A promise only where none is remembered. */
  readonly tokenFor: (
    identity: Pick<Identity, "subject" | "tenant">,
    service: string,
  ) => string | Promise<string>;
  /** The public keys, a JWK set (RFC 7517): of now, of before and of the next period. */
  readonly keySet: () => string;
}

interface Made {
  readonly token: string;
  readonly madeAt: EpochMs;
}

const rememberedMax = 10_000;

export function createIdentityTokens({
  clock,
  signer,
  derive,
  verifier,
}: {
  readonly clock: Pick<Clock, "now">;
  readonly signer: TokenSigner;
  readonly derive: (purpose: string) => string;
  readonly verifier: { readonly sha256: (text: string) => string };
}): IdentityTokens {
  const made = createLru<Made>(rememberedMax);
  const keys = new Map<string, SigningKey>();
  const keyOf = (purpose: string): SigningKey => {
    const known = keys.get(purpose);
    if (known !== undefined) return known;
    const key = signer.keyOf(derive(purpose));
    keys.set(purpose, key);
    return key;
  };
  const keysNow = (): readonly SigningKey[] => {
    const seeds = signingSeeds(clock.now());
    for (const purpose of keys.keys()) if (!seeds.includes(purpose)) keys.delete(purpose);
    return seeds.map(keyOf);
  };
  return {
    tokenFor: ({ subject, tenant }, service) => {
      const now = clock.now();
      const name = JSON.stringify([service, tenant, subject]);
      const known = made.get(name);
      if (known !== undefined && now - known.madeAt < upstreamTokenMs / 2 && now >= known.madeAt)
        return known.token;
      const [key = keyOf(signingSeeds(now)[0])] = keysNow();
      const id = verifier.sha256(`${key.kid} ${now} ${name}`).slice(0, 22);
      return signer
        .sign(upstreamClaims({ subject, tenant }, { service, issuer: "sallyport", id }, now), key)
        .then((token) => {
          made.set(name, { token, madeAt: now }, 1);
          return token;
        });
    },
    keySet: () => JSON.stringify({ keys: keysNow().map(({ publicKey }) => publicKey) }),
  };
}
