import { createHash, createHmac } from "node:crypto";
import { simpleSignatureText } from "../../framing/simple-signature.ts";
import type { RequestSigner } from "../../ports/request-signer.ts";

/** Source: security specification, part 2, simple profile `sallyport-hmac-v1`. */
export const requestSigner: RequestSigner = {
  sign: ({ body, ...request }, { keyId, secret, at, nonce }) => {
    const timestamp = String(Math.floor(at / 1000));
    const bodyHash = createHash("sha256").update(body).digest("hex");
    const text = simpleSignatureText(request, { timestamp, nonce, bodyHash });
    const signature = createHmac("sha256", secret.reveal()).update(text, "latin1").digest("hex");
    return [
      ...["x-sallyport-key-id", keyId, "x-sallyport-timestamp", timestamp],
      ...["x-sallyport-nonce", nonce, "x-sallyport-signature", `v1=${signature}`],
    ];
  },
};
