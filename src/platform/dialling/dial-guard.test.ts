import { describe, expect, it } from "vitest";
import type { DialAddress, DialGuard, Reach } from "../../ports/dial-guard.ts";
import { createDialGuard, type Resolve } from "./dial-guard.ts";

/** Tells one list of addresses after the other; the last stays. */
function resolver(...answers: (readonly string[])[]): { resolve: Resolve; asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = (hostname, _options, told) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    told(
      null,
      addresses.map((address): DialAddress => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return { resolve, asked };
}

function world(answers: (readonly string[])[], reach: Readonly<Record<string, Reach>> = {}) {
  const blocked: string[] = [];
  const { resolve, asked } = resolver(...answers);
  const guard = createDialGuard({
    reachOf: (host) => reach[host],
    onBlocked: (why) => blocked.push(why),
    resolve,
  });
  return { guard, blocked, asked };
}

const look = (guard: DialGuard, host: string, { isForeign = false, all = true } = {}) =>
  new Promise<readonly string[] | string>((resolve) =>
    guard.lookup(isForeign)(host, { all }, (fault, found) => {
      if (fault !== null) resolve(fault.message);
      else resolve(typeof found === "string" ? found : found.map(({ address }) => address));
    }),
  );

describe("a name of the internet", () => {
  it("is dialled at the addresses that were looked at", async () => {
    const { guard, asked } = world([["1.1.1.1", "2606:4700::1111"]]);
    expect(await look(guard, "api.example.com")).toEqual(["1.1.1.1", "2606:4700::1111"]);
    expect(await look(guard, "api.example.com", { all: false })).toBe("1.1.1.1");
    expect(asked).toHaveLength(2);
  });

  it.for(["10.0.0.7", "::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "fe80::1"])(
    "is refused if any of its addresses is private: %s",
    async (address) => {
      const { guard, blocked } = world([["1.1.1.1", address, "8.8.8.8"]]);
      expect(await look(guard, "api.example.com")).toBe(
        `api.example.com stands for ${address}, which is not of the internet`,
      );
      expect(blocked).toEqual(["private"]);
    },
  );

  it("gains nothing by another answer the second time", async () => {
    const { guard, asked } = world([["1.1.1.1"], ["127.0.0.1"], ["1.1.1.1"]]);
    expect(await look(guard, "rebind.example.com")).toEqual(["1.1.1.1"]);
    expect(asked).toHaveLength(1);
    expect(await look(guard, "rebind.example.com")).toMatch(/127\.0\.0\.1/);
    expect(await look(guard, "rebind.example.com")).toEqual(["1.1.1.1"]);
  });

  it("may be private where the operator says so, and metadata only where that is said", async () => {
    const answers = [["10.0.0.7"], ["169.254.169.254"]];
    const allowed = world(answers, { "vpn.example.com": "private" });
    expect(await look(allowed.guard, "vpn.example.com")).toEqual(["10.0.0.7"]);
    expect(await look(allowed.guard, "vpn.example.com")).toMatch(/metadata/);
    const more = world(answers, { "vpn.example.com": "metadata" });
    expect(await look(more.guard, "vpn.example.com")).toEqual(["10.0.0.7"]);
    expect(await look(more.guard, "vpn.example.com")).toEqual(["169.254.169.254"]);
  });
});

describe("a host of the own network", () => {
  it("is dialled as it is written, but never as metadata", async () => {
    const { guard } = world([["127.0.0.1"], ["172.18.0.3"], ["169.254.169.254"]]);
    expect(await look(guard, "localhost")).toEqual(["127.0.0.1"]);
    expect(await look(guard, "ollama")).toEqual(["172.18.0.3"]);
    expect(await look(guard, "metadata.google.internal")).toMatch(/metadata/);
    expect(guard.refusalOf("127.0.0.1", false)).toBeUndefined();
    expect(guard.refusalOf("169.254.169.254", false)?.message).toMatch(/metadata/);
    expect(guard.refusalOf("::ffff:a9fe:a9fe", false)?.message).toMatch(/metadata/);
  });

  it("is refused if somebody else than the configuration named it, whatever that allows", async () => {
    const { guard, blocked } = world([["127.0.0.1"]], { localhost: "metadata", "10.0.0.7": "private" });
    expect(await look(guard, "localhost", { isForeign: true })).toMatch(/127\.0\.0\.1/);
    expect(guard.refusalOf("10.0.0.7", true)).toMatchObject({ code: "blocked_address" });
    expect(guard.refusalOf("::1", true)).toMatchObject({ code: "blocked_address" });
    expect(guard.refusalOf("1.1.1.1", true)).toBeUndefined();
    expect(blocked).toEqual(["private", "private", "private"]);
  });
});

it("passes on that a name is not known", async () => {
  const guard = createDialGuard({
    reachOf: () => undefined,
    onBlocked: () => undefined,
    resolve: (_host, _options, told) => told(new Error("ENOTFOUND"), []),
  });
  expect(await look(guard, "nobody.example.com")).toBe("ENOTFOUND");
});
