import type { AuditSettings } from "../capabilities/audit/index.ts";
import { withoutContent } from "../capabilities/residency/index.ts";
import { base62 } from "../kernel/ids.ts";
import type { JsonObject } from "../kernel/json.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { RequestSigner } from "../ports/request-signer.ts";
import type { Transport } from "../ports/transport.ts";

/** What telling others of the audit log needs. */
export interface AuditOutsidePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly signer: RequestSigner;
}

/** One message to somebody outside. */
interface Message {
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
  /** Flat; absent: none. */
  readonly headers?: readonly string[];
}

const answerTimeout = milliseconds(10_000);

/** Sends a checkpoint to a witness. Why it was not taken; `undefined`: it was. */
export const postCheckpoint = (
  ports: AuditOutsidePorts,
  url: string,
  note: string,
): Promise<string | undefined> => post(ports, { url, contentType: "text/plain; charset=utf-8", body: note });

/** Sends records to whoever collects them, signed. Source: CloudEvents 1.0, JSON format, section 4 (batch). */
export function postEvents(
  ports: AuditOutsidePorts,
  { url, keyId, secret }: NonNullable<AuditSettings["export"]>,
  events: readonly JsonObject[],
): Promise<string | undefined> {
  const body = JSON.stringify(events);
  const { authority, path, query } = partsOf(url);
  const signed = ports.signer.sign(
    { method: "POST", authority, path, query, body },
    { keyId, secret, at: ports.clock.now(), nonce: base62(ports.random.bytes(18)) },
  );
  return post(ports, {
    url,
    contentType: "application/cloudevents-batch+json; charset=utf-8",
    body,
    headers: signed,
  });
}

function post({ transport }: AuditOutsidePorts, message: Message): Promise<string | undefined> {
  const { origin, path, query } = partsOf(message.url);
  return new Promise((resolve) => {
    const exchange = transport.send(
      {
        permit: withoutContent(origin),
        origin,
        path: query === "" ? path : `${path}?${query}`,
        method: "POST",
        headers: ["content-type", message.contentType, ...(message.headers ?? [])],
        body: message.body,
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
}

function partsOf(url: string) {
  // oxlint-disable-next-line eslint/no-restricted-globals -- an operator's URL, checked by its settings; never a request target.
  const { origin, host, pathname, search } = new URL(url);
  return { origin, authority: host, path: pathname, query: search.slice(1) };
}
