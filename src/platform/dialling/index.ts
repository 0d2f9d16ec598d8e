export { createDialGuard } from "./dial-guard.ts";
