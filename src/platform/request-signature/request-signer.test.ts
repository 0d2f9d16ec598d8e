import { expect, it } from "vitest";
import { Secret } from "../../kernel/secret.ts";
import { epochMs } from "../../kernel/units.ts";
import { requestSigner } from "./request-signer.ts";

const by = {
  keyId: "example",
  secret: new Secret("sallyport-example-secret"),
  at: epochMs(1_795_392_000_999),
  nonce: "q83vEjRWeJASNFZ4kBI0Vg",
};
const authority = "api.example.test";

// Source: security specification, vectors of `sallyport-hmac-v1`.
it.for([
  {
    request: {
      method: "POST",
      authority,
      path: "/v1/chat/completions",
      query: "a=1&b=2",
      body: '{"model":"auto"}',
    },
    signature: "8dba888b594541f894e758e372e5d8fb044b4304d0583b407159fc2ff25f0ccf",
  },
  {
    request: { method: "GET", authority, path: "/v1/models", query: "", body: "" },
    signature: "9b77ac0caa289322085c5aefa6b3a429fb83458361323779d669b544ba0bb95b",
  },
])("signs $request.method $request.path", ({ request, signature }) => {
  expect(requestSigner.sign(request, by)).toEqual([
    ...["x-sallyport-key-id", "example", "x-sallyport-timestamp", "1795392000"],
    ...["x-sallyport-nonce", by.nonce, "x-sallyport-signature", `v1=${signature}`],
  ]);
});
