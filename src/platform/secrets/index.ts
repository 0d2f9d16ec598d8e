export { type Installation, openInstallation } from "./installation.ts";
export { createVault } from "./vault.ts";
