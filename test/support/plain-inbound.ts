import type { InboundRequest, Reply } from "../../src/ports/server.ts";

/** What a request without anything unusual has. */
export const plainInbound: Pick<
  InboundRequest,
  "localPort" | "scheme" | "expectsContinue" | "sendContinue" | "trailers"
> = {
  localPort: 7227,
  scheme: "http",
  expectsContinue: false,
  sendContinue: () => undefined,
  trailers: () => [],
};

/** A client that takes no notice of interim answers and trailers. */
export const plainReply: Pick<Reply, "interim" | "trailers"> = {
  interim: () => undefined,
  trailers: () => undefined,
};
