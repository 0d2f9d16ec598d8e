import { describe, expect, it } from "vitest";
import { createPasswords } from "./passwords.ts";

const passwords = createPasswords(2 ** 10);

describe("passwords", () => {
  it("are known again, however their letters are composed, and no other is", async () => {
    const hash = await passwords.hash("p\u00e4ssword of some length");
    expect(hash).toMatch(/^scrypt\$1024\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await passwords.verify("pa\u0308ssword of some length", hash)).toBe(true);
    expect(await passwords.verify("pässword of some lengt", hash)).toBe(false);
    expect(await passwords.verify("", hash)).toBe(false);
  });

  it("give another hash each time", async () => {
    expect(await passwords.hash("x")).not.toBe(await passwords.hash("x"));
  });

  it.for(["", "scrypt", "scrypt$1024$8$1$$", "bcrypt$1024$8$1$AAAA$AAAA", "scrypt$1e300$8$1$AAAA$AAAA"])(
    "fit no hash that is none: %s",
    async (hash) => {
      expect(await passwords.verify("", hash)).toBe(false);
    },
  );

  it("wait for each other above two at once, and all are answered", async () => {
    const hash = await passwords.hash("x");
    const answers = await Promise.all(["x", "y", "x", "y", "x"].map((text) => passwords.verify(text, hash)));
    expect(answers).toEqual([true, false, true, false, true]);
  });
});
