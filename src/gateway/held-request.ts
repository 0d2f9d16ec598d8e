import { GatewayError } from "../kernel/errors.ts";
import type { InboundRequest } from "../ports/server.ts";

/** A request whose body is here already: whoever reads it gets what was read, and no client waits to send it. */
export function heldRequest(inbound: InboundRequest, body: Uint8Array): InboundRequest {
  const within = (bytesMax: number): void => {
    if (body.length > bytesMax)
      throw new GatewayError("request_too_large", `${body.length} bytes, at most ${bytesMax} are taken`, {
        message: `The request body has more than ${bytesMax} bytes.`,
      });
  };
  return {
    ...inbound,
    expectsContinue: false,
    sendContinue: () => {},
    readBody: async (bytesMax) => {
      within(bytesMax);
      return body;
    },
    streamBody: (bytesMax) => {
      within(bytesMax);
      return body.length === 0 ? undefined : inOnePiece(body);
    },
    arrivedBody: (bytesMax) => (body.length === 0 || body.length > bytesMax ? undefined : body),
  };
}

async function* inOnePiece(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}
