export { listen, type ServerSettings } from "./server.ts";
export type { ServerLimits } from "./settings.ts";
