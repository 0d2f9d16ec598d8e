export type { Handshake, HandshakeHead, HandshakeRules } from "./check-handshake.ts";
export { checkHandshake, upgradeRequiredHeaders } from "./check-handshake.ts";
export type { CloseReason } from "./close-code.ts";
export { closeReasonOf, drainReason, revokedReason } from "./close-code.ts";
export { subprotocolKey, takeQueryKey } from "./credential.ts";
export { createFarewell } from "./farewell.ts";
export type { Agreed, Sha1, UpstreamHandshake } from "./upstream-handshake.ts";
export {
  checkSwitched,
  handshakeFields,
  handshakeHeaders,
  inspectHandshake,
  switchedHeaders,
  tunnelHandshake,
} from "./upstream-handshake.ts";
