import type { AddressPool, Site, Upstream } from "../exchange/target.ts";
import { utf8Length } from "../kernel/utf8.ts";
import type { Transport, UpstreamListener, UpstreamRequest } from "../ports/transport.ts";

/** An upstream as far as bytes go to it. */
interface Reached extends Upstream {
  readonly addresses?: AddressPool<Site>;
}

/** What one try has sent to its target and received from it: bytes of bodies, as the gateway has them. */
export interface Flow {
  readonly target: Reached;
  /** Which of the target's addresses it was; absent: it has one. */
  readonly address: string | undefined;
  sent: number;
  received: number;
}

export const flowTo = (target: Reached, address: string | undefined): Flow => ({
  target,
  address,
  sent: 0,
  received: 0,
});

/** A transport that counts what passes. What never left is not counted. */
export function counted(transport: Transport, flow: Flow): Transport {
  return {
    ...transport,
    send: (request, listener) =>
      transport.send({ ...request, body: countedBody(request.body, flow) }, heard(listener, flow)),
  };
}

const heard = (listener: UpstreamListener, flow: Flow): UpstreamListener => ({
  ...listener,
  data: (chunk) => {
    flow.received += chunk.byteLength;
    listener.data(chunk);
  },
  failed: (failure) => {
    if (!failure.wasSent) flow.sent = 0;
    listener.failed(failure);
  },
});

function countedBody(body: UpstreamRequest["body"], flow: Flow): UpstreamRequest["body"] {
  if (body === undefined) return undefined;
  if (typeof body === "string") flow.sent += utf8Length(body);
  else if (body instanceof Uint8Array) flow.sent += body.byteLength;
  else return countedPieces(body, flow);
  return body;
}

async function* countedPieces(body: AsyncIterable<Uint8Array>, flow: Flow): AsyncGenerator<Uint8Array, void> {
  for await (const piece of body) {
    flow.sent += piece.byteLength;
    yield piece;
  }
}
