export { requestSigner } from "./request-signer.ts";
export { signatureCrypto } from "./signature-crypto.ts";
