export { createSigV4, type SigV4Settings } from "./sigv4.ts";
