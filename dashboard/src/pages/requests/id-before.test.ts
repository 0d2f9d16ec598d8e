import { describe, expect, it } from "vitest";
import { idBefore } from "./id-before.ts";

describe("idBefore", () => {
  it("goes back by the time that stands in the id", () => {
    // The example of RFC 9562, appendix A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F is of 1645557742000 ms.
    const minuteBefore = idBefore("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 60_000);
    expect(minuteBefore).toBe("017f22e1-8f50-0000-0000-000000000000");
    expect(Number.parseInt(minuteBefore.replaceAll("-", "").slice(0, 12), 16)).toBe(1_645_557_682_000);
  });

  it("is below every id of that moment", () => {
    expect(idBefore("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 0) < "017f22e2-79b0-7000-8000-000000000000").toBe(
      true,
    );
  });

  it("does not go below the beginning of time", () => {
    expect(idBefore("00000000-0001-7000-8000-000000000000", 5)).toBe("00000000-0000-0000-0000-000000000000");
  });
});
