import { describe, expect, it } from "vitest";
import { startedSession } from "./session-cookie.ts";

describe("startedSession", () => {
  it.for([
    { expiresAt: 5_999, seconds: 4 },
    { expiresAt: 1_000, seconds: 0 },
    { expiresAt: 0, seconds: 0 },
  ])("lives until $expiresAt, whole seconds, never below 0", ({ expiresAt, seconds }) => {
    const [name, value] = startedSession({ token: "t", expiresAt }, { now: 1_000, isSecure: false });
    expect(name).toBe("set-cookie");
    expect(value).toBe(`sallyport_session=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`);
  });
});
