export { createHttp2Transport, type Http2TransportSettings } from "./transport.ts";
