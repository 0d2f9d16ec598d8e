import { createHash, createHmac } from "node:crypto";
import type { RequestSigner } from "../../ports/request-signer.ts";

/** Source: security specification, section 3, simple profile `sallyport-hmac-v1`. */
export const requestSigner: RequestSigner = {
  sign: ({ method, authority, path, query, body }, { keyId, secret, at, nonce }) => {
    const seconds = String(Math.floor(at / 1000));
    const digest = createHash("sha256").update(body).digest("hex");
    const text = ["sallyport-hmac-v1", seconds, nonce, method, authority, path, query, digest].join("\n");
    const signature = createHmac("sha256", secret.reveal()).update(text).digest("hex");
    return [
      ...["x-sallyport-key-id", keyId, "x-sallyport-timestamp", seconds],
      ...["x-sallyport-nonce", nonce, "x-sallyport-signature", `v1=${signature}`],
    ];
  },
};
