export { sha256, signingKeyOf, verifySignature } from "./evidence.ts";
