import { describe, expect, it } from "vitest";
import { testAsking, testService } from "./graphql-ask.test-support.ts";
import { askGuarded } from "./graphql-leave.ts";

const answer = { status: 200, headers: new Map<string, string>() };

describe("the record of a subscription", () => {
  it("does not grow with what is asked for its events, and has all their bytes", async () => {
    const { ports, trail } = testAsking();
    for (let event = 0; event < 1000; event += 1) {
      const ask = await askGuarded({ target: testService, isStream: false }, ports);
      ask.flow.sent += 2;
      ask.answered(answer);
      ask.flow.received += 3;
      ask.ended();
    }
    expect(trail.attempts).toHaveLength(100);
    expect(trail.flows).toMatchObject([{ sent: 2000, received: 3000 }]);
  });

  it("goes on to count what its subscription hears", async () => {
    const { ports, trail } = testAsking();
    const stream = await askGuarded({ target: testService, isStream: true }, ports);
    stream.answered(answer);
    for (const end of ["ended", "left"] as const) {
      const ask = await askGuarded({ target: testService, isStream: false }, ports);
      ask.flow.sent += 2;
      ask[end]();
    }
    stream.flow.received += 5;
    expect(trail.flows).toMatchObject([{ sent: 4, received: 5 }]);
  });
});
