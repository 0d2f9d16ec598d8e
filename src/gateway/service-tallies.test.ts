import { describe, expect, it } from "vitest";
import type { ServiceLeave } from "../pipeline/service-call.ts";
import { createServiceTallies } from "./service-tallies.ts";

/** Leave to ask, that remembers what it was told. */
function leaveThat(told: string[]): ServiceLeave {
  const note = (what: string) => (): void => {
    told.push(what);
  };
  const load = { answered: note("load answered"), failed: note("load failed"), left: note("load left") };
  const leave = { load, answered: note("answered"), broke: note("broke"), failed: note("failed") };
  return { leave, hasOther: () => false } as unknown as ServiceLeave;
}

const failure = { code: "upstream_failed", status: 502, message: "" } as const;
const head = { status: 200, headers: new Headers() } as never;

describe("createServiceTallies", () => {
  it.for<{ name: string; ends: (leave: ServiceLeave["leave"]) => void; failed: number; told: string[] }>([
    {
      name: "an answer",
      ends: (leave) => {
        leave.answered(head);
        leave.load.answered(undefined);
      },
      failed: 0,
      told: ["answered", "load answered"],
    },
    {
      name: "a failure that is told twice",
      ends: (leave) => {
        leave.failed(failure);
        leave.broke();
        leave.load.failed();
        leave.load.left();
      },
      failed: 1,
      told: ["failed", "broke", "load failed", "load left"],
    },
    { name: "a client that went", ends: ({ load }) => load.left(), failed: 0, told: ["load left"] },
  ])("counts $name once, and passes on all that is told", ({ ends, failed, told }) => {
    const tallies = createServiceTallies();
    const heard: string[] = [];
    const { leave } = tallies.begun("orders", leaveThat(heard));
    expect(tallies.of("orders")).toEqual({ requests: 1, failed: 0, inFlight: 1 });
    ends(leave);
    expect(tallies.of("orders")).toEqual({ requests: 1, failed, inFlight: 0 });
    expect(heard).toEqual(told);
  });

  it("knows nothing of a service that nobody has called", () => {
    expect(createServiceTallies().of("orders")).toEqual({ requests: 0, failed: 0, inFlight: 0 });
  });
});
