import { describe, expect, it } from "vitest";
import { sha256, signingKeyOf, verifySignature } from "./index.ts";

describe("signingKeyOf", () => {
  it("gives the same key for the same secret, whose signatures hold, and no others do", () => {
    const key = signingKeyOf("a secret");
    const message = Buffer.from("message");
    const signature = key.sign(message);
    expect(Buffer.from(signingKeyOf("a secret").publicKey).equals(key.publicKey)).toBe(true);
    expect(verifySignature(key.publicKey, message, signature)).toBe(true);
    expect(verifySignature(key.publicKey, Buffer.from("massage"), signature)).toBe(false);
    expect(verifySignature(signingKeyOf("another").publicKey, message, signature)).toBe(false);
    expect(verifySignature(key.publicKey.subarray(1), message, signature)).toBe(false);
    expect(verifySignature(key.publicKey, message, signature.subarray(1))).toBe(false);
  });
});

describe("sha256", () => {
  it("is that of FIPS 180-4", () => {
    expect(Buffer.from(sha256(Buffer.from("abc"))).toString("hex")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});
