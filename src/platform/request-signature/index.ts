export { requestSigner } from "./request-signer.ts";
