export { createTransport, type TransportSettings } from "./transport.ts";
