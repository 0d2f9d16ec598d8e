import { describe, expect, it } from "vitest";
import { createStoredResponses, type StoredResponse } from "./stored-responses.ts";

const response = (id: string, bytes = 10): StoredResponse => ({
  id,
  text: id,
  items: [{ id: `item of ${id}` }],
  bytes,
});

describe("createStoredResponses", () => {
  it("finds answers and their items until they are removed", () => {
    const stored = createStoredResponses();
    stored.keep(response("a"));
    expect(stored.find("a")).toEqual(response("a"));
    expect(stored.item("item of a")).toEqual({ id: "item of a" });
    expect(stored.item("item of b")).toBeUndefined();
    expect([stored.remove("a"), stored.remove("a")]).toEqual([true, false]);
    expect(stored.find("a")).toBeUndefined();
    expect(stored.item("item of a")).toBeUndefined();
  });

  it("forgets the oldest when there are more than a thousand, or too much of them", () => {
    const many = createStoredResponses();
    for (let number = 0; number <= 1_000; number += 1) many.keep(response(`r${number}`));
    expect([many.find("r0"), many.find("r1")?.id, many.find("r1000")?.id]).toEqual([
      undefined,
      "r1",
      "r1000",
    ]);
    const large = createStoredResponses();
    const half = 32 * 1024 * 1024;
    for (const id of ["a", "b", "c"]) large.keep(response(id, half));
    expect([large.find("a"), large.find("b")?.id, large.find("c")?.id]).toEqual([undefined, "b", "c"]);
  });

  it("counts an answer that is kept again once", () => {
    const stored = createStoredResponses();
    const most = 60 * 1024 * 1024;
    stored.keep(response("a", most));
    stored.keep(response("a", most));
    stored.keep(response("b"));
    expect(stored.find("a")?.id).toBe("a");
  });
});
