export { compileDirectory, type DigestOf, type KeyDirectory, mayUse } from "./directory.ts";
export { presentedKeys } from "./presented.ts";
export { type IdentitySettings, identitySettings } from "./settings.ts";
export { authorize, identify } from "./stage.ts";
