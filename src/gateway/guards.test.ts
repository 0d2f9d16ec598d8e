import { describe, expect, it } from "vitest";
import { type Asked, type Guard, guardsOf } from "./guards.ts";

const asked = (): Asked => {
  const nothing: unknown = { call: undefined };
  return JSON.parse(JSON.stringify(nothing));
};
const changes = (text: string): Guard => ({
  authorize: ({ call }) => ({
    facts: { model: `${call?.facts.model ?? ""}${text}`, isStream: false, wantsUsage: false },
    body: new Uint8Array(),
  }),
});

describe("guards as one", () => {
  it("each sees the call as those before it left it", () => {
    const guards = guardsOf([changes("a"), {}, changes("b"), { authorize: () => undefined }]);
    expect(guards.authorize(asked())?.facts.model).toBe("ab");
    expect(guardsOf([{}]).authorize(asked())).toBeUndefined();
  });

  it("one that throws lets nobody pass", async () => {
    const full = (): never => {
      throw new Error("full");
    };
    expect(() => guardsOf([{ admit: full }]).admit(asked())).toThrow("full");
    expect(() => guardsOf([{ authorize: full }]).authorize(asked())).toThrow("full");
    const late = guardsOf([{ fund: () => {} }, { fund: () => Promise.reject(new Error("empty")) }]);
    await expect(late.fund(asked(), null)).rejects.toThrow("empty");
  });

  it("money that is there is not waited for", () => {
    expect(guardsOf([{ fund: () => {} }]).fund(asked(), null)).toBeUndefined();
  });
});
