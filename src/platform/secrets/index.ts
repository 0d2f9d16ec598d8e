export { type Installation, openInstallation } from "./installation.ts";
export { rotateKek } from "./keyring.ts";
export { createPasswords } from "./passwords.ts";
export { createVault } from "./vault.ts";
