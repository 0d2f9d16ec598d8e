export {
  compileDirectory,
  idOfHandle,
  isKeyId,
  isLive,
  type KeyDirectory,
  type Owners,
  withKey,
  withOwners,
} from "./directory.ts";
export { type Excess, excessOf, unbounded } from "./grant.ts";
export { keyHandle, printKey } from "./key-text.ts";
export { presentedKeys } from "./presented.ts";
export { checkScopes, checkTools, mayUse } from "./scope.ts";
export { type IdentitySettings, identitySettings } from "./settings.ts";
export { authorize, type IdentityFault, identify, identifyAs, unidentified } from "./stage.ts";
