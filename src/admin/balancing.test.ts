import { describe, expect, it } from "vitest";
import { openAdmin } from "./admin.test-support.ts";

describe("an endpoint that is steered by hand", () => {
  it.for([
    { name: "an endpoint that is not there", target: "local%2Fc:drain", status: 404, says: "endpoint" },
    { name: "a provider that is not there", target: "nobody%2Fb:eject", status: 404, says: "endpoint" },
    { name: "a name without a provider", target: "b:restore", status: 404, says: "endpoint" },
    {
      name: "the last that takes calls",
      target: "local%2F10.0.0.1%3A8000:drain",
      status: 409,
      says: "`local/10.0.0.1:8000` is the last endpoint of its provider that takes calls.",
    },
  ])("refuses $name", async ({ target, status, says }) => {
    const { asAdmin } = openAdmin();
    const told = await asAdmin({ method: "POST", target: `/api/gateway/balancing/${target}` });
    expect(told.status).toBe(status);
    expect(told.text).toContain(says);
  });

  it("says so where a provider has one address, or is not there", async () => {
    const { asAdmin } = openAdmin();
    const told = await asAdmin({ target: "/api/gateway/balancing/openai" });
    expect(told.status).toBe(404);
    expect(told.text).toContain("provider with several endpoints");
  });
});
