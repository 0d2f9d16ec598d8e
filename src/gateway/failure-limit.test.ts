import { describe, expect, it } from "vitest";
import { GatewayError } from "../kernel/errors.ts";
import { createVirtualTime } from "../platform/memory/index.ts";
import { createFailureLimit } from "./failure-limit.ts";

const refusal = new GatewayError("unauthenticated", "wrong");

function openLimit() {
  const { clock, advance } = createVirtualTime();
  const limit = createFailureLimit(clock);
  const fail = (address: string) => limit.refuse(address, refusal).code;
  return { fail, advance };
}

describe("createFailureLimit", () => {
  it("forgets failures that are a minute old", () => {
    const { fail, advance } = openLimit();
    for (let tries = 0; tries < 19; tries += 1) fail("a");
    advance(60_000);
    for (let tries = 0; tries < 20; tries += 1) expect(fail("a")).toBe("unauthenticated");
    expect(fail("a")).toBe("rate_limited");
  });

  it("waits a whole minute from the failure that fills the measure, however late in the window it came", () => {
    const { fail, advance } = openLimit();
    for (let tries = 0; tries < 19; tries += 1) fail("a");
    advance(59_000);
    fail("a");
    advance(59_999);
    expect(fail("a")).toBe("rate_limited");
    advance(1);
    expect(fail("a")).toBe("unauthenticated");
  });

  it("remembers 10,000 addresses, those that failed last", () => {
    const { fail } = openLimit();
    for (let tries = 0; tries < 20; tries += 1) for (const address of ["old", "busy"]) fail(address);
    for (let other = 0; other < 9_998; other += 1) fail(`other-${other}`);
    expect(fail("busy")).toBe("rate_limited");
    fail("one more");
    expect(fail("old")).toBe("unauthenticated");
    expect(fail("busy")).toBe("rate_limited");
  });
});
