import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { vouchedIdentitySettings } from "../capabilities/vouched-identity/index.ts";
import { tokenVerifier } from "../platform/jose/index.ts";
import { createVirtualTime } from "../platform/memory/index.ts";
import type { TokenAlgorithm } from "../ports/token-verifier.ts";
import type { Transport, UpstreamRequest } from "../ports/transport.ts";
import { compileIdentity } from "./identity-rules.ts";
import { createIssuerKeys } from "./issuer-keys.ts";
import { createVouchedTokens } from "./vouched-tokens.ts";

/** A key pair of an issuer, made by jose. */
export async function issuerKey(kid: string, algorithm: TokenAlgorithm = "EdDSA") {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, use: "sig" };
  const sign = (
    claims: Readonly<Record<string, unknown>>,
    header: Readonly<Record<string, unknown>> = {},
  ): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid, ...header }).sign(privateKey);
  return { jwk, publicKey, sign };
}

/** No answer, for as long as anybody waits. */
export const silence = Symbol("silence");

/** Lets everything happen that waits for nothing but its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a server of an issuer answers, by path; `undefined`: it does not answer at all. */
export type Served = Record<string, unknown>;

/** Answers at once what is in `served`, and counts what was asked. */
export function servingTransport(served: () => Served | undefined): {
  readonly transport: Pick<Transport, "send">;
  readonly asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    transport: {
      send: ({ path }: UpstreamRequest, listener) => {
        asked.push(path);
        queueMicrotask(() => {
          const all = served();
          if (all === undefined)
            return listener.failed({ code: "upstream_unreachable", detail: "refused", wasSent: false });
          const body = all[path];
          if (body === silence) return;
          listener.head({ status: body === undefined ? 404 : 200, headers: new Map() });
          if (body !== undefined) {
            listener.data(new TextEncoder().encode(JSON.stringify(body)));
            listener.end();
          }
        });
        return { pause: () => undefined, resume: () => undefined, abort: () => undefined };
      },
    },
  };
}

export const issuerUrl = "https://login.example";
export const epochSeconds = (at: number): number => Math.floor(at / 1000);

/** Tokens as a gateway with one issuer judges them, in virtual time. */
export function tokensOfTest(settings: Readonly<Record<string, unknown>> = {}) {
  const time = createVirtualTime();
  let served: Served | undefined = {};
  const { transport, asked } = servingTransport(() => served);
  const denied = new Set<string>();
  const keys = createIssuerKeys({
    clock: time.clock,
    timer: time.timer,
    logger: { warn: () => undefined },
    transport,
  });
  const rules = compileIdentity({
    identity: vouchedIdentitySettings.parse({
      issuers: [
        {
          issuer: issuerUrl,
          audience: "sallyport",
          ...(settings["jwksUri"] === null ? {} : { jwksUri: `${issuerUrl}/keys` }),
          claims: { tenant: "org" },
          ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null)),
        },
      ],
    }),
  });
  const tokens = createVouchedTokens({
    clock: time.clock,
    verifier: tokenVerifier,
    keys,
    isDenied: (issuer, id) => denied.has(`${issuer} ${id}`),
  });
  const now = (): number => epochSeconds(time.clock.now());
  return {
    time,
    asked,
    denied,
    keys,
    rules,
    now,
    claims: (more: Readonly<Record<string, unknown>> = {}) => ({
      iss: issuerUrl,
      aud: "sallyport",
      sub: "alice",
      org: "acme",
      iat: now(),
      exp: now() + 3600,
      ...more,
    }),
    serve: (next: Served | undefined) => {
      served = next;
    },
    judge: (token: string, certificate?: Parameters<typeof tokens.judge>[2]) =>
      tokens.judge(token, rules.issuers, certificate),
  };
}
