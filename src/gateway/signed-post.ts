import { withoutContent } from "../capabilities/residency/index.ts";
import { base62 } from "../kernel/ids.ts";
import type { Secret } from "../kernel/secret.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { RequestSigner } from "../ports/request-signer.ts";
import type { Transport } from "../ports/transport.ts";

export interface SignedPostPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly signer: RequestSigner;
}

/** Where an operator wants to be told. */
export interface Webhook {
  readonly url: string;
  readonly keyId: string;
  readonly secret: Secret;
}

/** @returns `undefined` when it was taken (2xx), else why not. Never rejects. */
export type SignedPost = (webhook: Webhook, body: string, revision: string) => Promise<string | undefined>;

const answerTimeout = milliseconds(10_000);

/** Sends JSON to an operator, signed by `sallyport-hmac-v1`, once. `revision` is its idempotency key. */
export function createSignedPost(ports: SignedPostPorts): SignedPost {
  return (webhook, body, revision) => {
    // oxlint-disable-next-line eslint/no-restricted-globals -- an operator's URL, checked by its settings; never a request target.
    const { origin, host, pathname, search } = new URL(webhook.url);
    const at = ports.clock.now();
    const nonce = base62(ports.random.bytes(18));
    const signable = { method: "POST", authority: host, path: pathname, query: search.slice(1), body };
    const { keyId, secret } = webhook;
    return new Promise((resolve) => {
      const exchange = ports.transport.send(
        {
          permit: withoutContent(origin),
          origin,
          path: pathname + search,
          method: "POST",
          headers: [
            ...["content-type", "application/json", "idempotency-key", revision],
            ...ports.signer.sign(signable, { keyId, secret, at, nonce }),
          ],
          body,
          headTimeout: answerTimeout,
          idleTimeout: answerTimeout,
        },
        {
          head: ({ status }) => {
            exchange.abort();
            resolve(status < 300 ? undefined : `it answers ${status}`);
          },
          data: () => undefined,
          end: () => undefined,
          failed: ({ code, detail }) => resolve(`${code}: ${detail}`),
        },
      );
    });
  };
}
