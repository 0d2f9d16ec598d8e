export type { ProxyProtocol } from "./proxy-header.ts";
export { type Listener, listen } from "./server.ts";
export type { Http2Settings, ServerLimits, ServerSettings, TlsSettings } from "./settings.ts";
