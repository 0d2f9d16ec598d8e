export { type SandboxChild, startSandboxChild } from "./sandbox-child.ts";
