import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256, signingKeyOf, verifySignature } from "../../platform/evidence/index.ts";
import {
  isSignedBy,
  printVerifier,
  readCheckpoint,
  readVerifier,
  signCheckpoint,
  splitNotes,
  verifierOf,
} from "./checkpoint.ts";

const key = signingKeyOf("secret");
const verifier = verifierOf("sallyport/test", key.publicKey, sha256);
const root = sha256(Buffer.from("root"));
const note = signCheckpoint({ origin: "sallyport/test", size: 1234, root }, verifier, key);

describe("signed checkpoints", () => {
  it("are three lines, an empty one, and a signature behind an em dash", () => {
    const [origin, size, hash, empty, signature, end, ...others] = note.split("\n");
    expect([origin, size, hash, empty, end, others]).toEqual([
      "sallyport/test",
      "1234",
      Buffer.from(root).toString("base64"),
      "",
      "",
      [],
    ]);
    expect(signature).toMatch(/^— sallyport\/test [A-Za-z0-9+/]{91}=$/u);
  });

  it("are read as they were written, and hold for their key alone", () => {
    const read = readCheckpoint(note);
    if (read === undefined) return expect.fail("unreadable");
    expect(read).toMatchObject({ origin: "sallyport/test", size: 1234 });
    expect(isSignedBy(read, verifier, verifySignature)).toBe(true);
    const other = signingKeyOf("other");
    expect(isSignedBy(read, verifierOf("sallyport/test", other.publicKey, sha256), verifySignature)).toBe(
      false,
    );
    expect(isSignedBy(read, verifierOf("sallyport/others", key.publicKey, sha256), verifySignature)).toBe(
      false,
    );
  });

  it("hold beside the signature of a witness", () => {
    const witnessed = `${note}— witness.example ${Buffer.alloc(76, 7).toString("base64")}\n`;
    const read = readCheckpoint(witnessed);
    expect(read?.signatures).toHaveLength(2);
    expect(read !== undefined && isSignedBy(read, verifier, verifySignature)).toBe(true);
  });

  it("do not hold when any character of them is another", () => {
    fc.assert(
      fc.property(fc.nat(note.length - 1), fc.constantFrom("A", "1", "\n", "x"), (at, character) => {
        fc.pre(note[at] !== character);
        const read = readCheckpoint(note.slice(0, at) + character + note.slice(at + 1));
        expect(read !== undefined && isSignedBy(read, verifier, verifySignature)).toBe(false);
      }),
    );
  });

  it("stand one behind the other in a file, whose torn end is left out", () => {
    const second = note.replace("1234", "1235");
    expect(splitNotes(`${note}\n${second}\n${second.slice(0, 90)}`)).toEqual([note, second]);
  });
});

describe("verifier keys", () => {
  it("are read as they are printed", () => {
    const text = printVerifier(verifier);
    expect(text).toMatch(/^sallyport\/test\+[0-9a-f]{8}\+A[Q-Za-f]/);
    expect(readVerifier(`${text}\n`, sha256)).toEqual(verifier);
  });

  it("verify the signature that the documentation of Go's package note shows", () => {
    const text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const read = readVerifier(text, sha256);
    if (read === undefined) return expect.fail("unreadable");
    expect(printVerifier(read)).toBe(text);
    const message =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const signed = Buffer.from(
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=",
      "base64",
    );
    expect(signed.subarray(0, 4)).toEqual(Buffer.from(read.keyHash));
    expect(verifySignature(read.publicKey, Buffer.from(message), signed.subarray(4))).toBe(true);
  });

  it("are refused where their hash is not that of their name and key", () => {
    const text = printVerifier(verifier);
    for (const broken of [text.replace("test", "tests"), text.replace("+A", "+B"), "x", `${text}x`])
      expect(readVerifier(broken, sha256)).toBeUndefined();
  });
});
