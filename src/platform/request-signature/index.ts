export { createOutboundSigner } from "./outbound-signer.ts";
export { requestSigner } from "./request-signer.ts";
export { signatureCrypto } from "./signature-crypto.ts";
