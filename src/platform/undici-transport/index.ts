export { createTransport, type TransportSettings } from "./transport.ts";
export { createTunnels, type TunnelSettings } from "./tunnels.ts";
