export { acceptSignature } from "./accept.ts";
export type { SigningRules } from "./judge.ts";
export { type SigningSettings, signingSettings } from "./settings.ts";
export {
  type ProvenRequest,
  profileOf,
  prove,
  type SignatureProfile,
  type SignatureResult,
  unsigned,
} from "./stage.ts";
export { signersOf } from "./verify-message.ts";
