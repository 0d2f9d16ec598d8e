import { describe, expect, it } from "vitest";
import { type SigningKeyDraft, wantedSigningKeyOf } from "./signing-key-draft.ts";

const typed: SigningKeyDraft = {
  name: " billing ",
  algorithm: "hmac-sha256",
  clientKeyId: "key_a",
  publicKey: "",
  expires: "",
};

describe("wantedSigningKeyOf", () => {
  it("asks for a secret without an end, if none was typed", () => {
    expect(wantedSigningKeyOf(typed)).toEqual({
      name: "billing",
      algorithm: "hmac-sha256",
      clientKeyId: "key_a",
    });
  });

  it("sends no public key of a secret, even if one was typed before it was chosen", () => {
    expect(wantedSigningKeyOf({ ...typed, publicKey: "-----BEGIN" })).not.toHaveProperty("publicKey");
  });

  it("sends the public key of a pair, and the end of the day it ends on", () => {
    const wanted = wantedSigningKeyOf({
      ...typed,
      algorithm: "ed25519",
      publicKey: "\n PEM \n\n",
      expires: "2027-01-31",
    });
    expect(wanted.publicKey).toBe("PEM\n");
    expect(wanted.expiresAt).toBe(Date.UTC(2027, 1, 1) - 1);
  });
});
