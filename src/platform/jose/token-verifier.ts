import { hash } from "node:crypto";
import { compactVerify } from "jose";
import type { TokenVerifier } from "../../ports/token-verifier.ts";

/** Signatures by jose on the Web Crypto of Node: off the main thread. One object of a key is imported once. */
export const tokenVerifier: TokenVerifier = {
  isSigned: async (token, key, algorithm) => {
    try {
      // The algorithm goes in as the only one allowed: what the token says of itself chooses nothing.
      await compactVerify(token, Object.isFrozen(key) ? key : { ...key }, { algorithms: [algorithm] });
      return true;
    } catch {
      return false;
    }
  },
  sha256: (text) => hash("sha256", text, "base64url"),
};
