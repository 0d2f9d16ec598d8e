export * from "./directory.ts";
export { type Excess, excessOf, unbounded } from "./grant.ts";
export { keyHandle, printKey } from "./key-text.ts";
export { presentedKeys, queryKey } from "./presented.ts";
export { checkScopes, checkTools, mayUse } from "./scope.ts";
export { type IdentitySettings, identitySettings } from "./settings.ts";
export { authorize, identify, identifyAs, identifyWithin, unidentified } from "./stage.ts";
