import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../platform/memory/index.ts";
import { createAffinityCookie } from "./affinity-cookie.ts";

const cookieOf = (secret: string, seed = 3) =>
  createAffinityCookie(createSeededRandom(seed), (text) =>
    createHmac("sha256", secret).update(text).digest("base64url"),
  );

/** As a browser sends it back. */
const sent = (setCookie: string | undefined): string => setCookie?.split(";")[0] ?? "";

describe("the affinity cookie", () => {
  it("makes who asks known again", () => {
    const cookie = cookieOf("a");
    const first = cookie.unitOf(undefined);
    expect(first.setCookie).toMatch(
      /^sallyport-affinity=[\w-]{16}\.[\w-]{22}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/,
    );
    const brought = sent(first.setCookie);
    for (const cookies of [brought, `theme=dark; ${brought}`, `${brought}; theme=dark`])
      expect(cookie.unitOf(cookies)).toEqual(first);
  });

  it.each([
    ["made up", () => "sallyport-affinity=AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA"],
    ["of another installation", () => sent(cookieOf("b").unitOf(undefined).setCookie)],
    ["of another name", () => `x${sent(cookieOf("a").unitOf(undefined).setCookie)}`],
    ["cut", () => sent(cookieOf("a").unitOf(undefined).setCookie).slice(0, -1)],
  ])("that is %s is none", (_what, cookies) => {
    const [brought] = cookies().split("=").slice(1);
    expect(brought?.startsWith(cookieOf("a", 4).unitOf(cookies()).unit)).toBe(false);
  });
});
