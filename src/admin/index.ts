export type { AdminCall } from "./admin-call.ts";
export { type AdminParts, createAdmin } from "./create-admin.ts";
export type { Asset, AssetSource } from "./send-asset.ts";
