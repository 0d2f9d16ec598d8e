export { tokenSigner } from "./token-signer.ts";
export { tokenVerifier } from "./token-verifier.ts";
