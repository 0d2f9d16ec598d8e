import { describe, expect, it } from "vitest";
import { type InstallationFacts, judgeInstallation } from "./judge-installation.ts";

const well: InstallationFacts = {
  node: "26.10.0",
  hasPermissionMode: true,
  permissionMode: "on",
  nodeOptions: "--max-old-space-size=4096",
  isCoreDumped: false,
  open: [],
  isSealingKeyBesideData: false,
  freeBytes: 50 * 1024 ** 3,
  config: { problems: 0, literals: [], isDataInClear: false, isAdminRemote: false, areKeysRequired: true },
};
const config = (changed: Partial<NonNullable<InstallationFacts["config"]>>) => ({
  config: {
    problems: 0,
    literals: [],
    isDataInClear: false,
    isAdminRemote: false,
    areKeysRequired: true,
    ...changed,
  },
});

describe("judgeInstallation", () => {
  it("has nothing to say of an installation that is well", () => {
    expect(judgeInstallation(well)).toEqual([]);
    expect(
      judgeInstallation({ ...well, permissionMode: undefined, freeBytes: undefined, config: undefined }),
    ).toEqual([]);
  });

  it.for<{ changed: Partial<InstallationFacts>; level: string; says: string }>([
    { changed: { permissionMode: "off" }, level: "wrong", says: "--no-permission" },
    { changed: { hasPermissionMode: false }, level: "weak", says: "no permission mode" },
    { changed: { node: "24.21.0" }, level: "weak", says: "Node 24.21.0" },
    { changed: { nodeOptions: "--inspect=0.0.0.0" }, level: "wrong", says: "NODE_OPTIONS" },
    { changed: { isCoreDumped: true }, level: "weak", says: "ulimit -c 0" },
    {
      changed: { open: [{ path: "/d/pepper", mode: 0o644 }] },
      level: "wrong",
      says: "/d/pepper is open to other users (mode 0644)",
    },
    { changed: { isSealingKeyBesideData: true }, level: "weak", says: "SALLYPORT_KEK" },
    { changed: { freeBytes: 1024 ** 2 }, level: "wrong", says: "1 MiB are free" },
    { changed: { freeBytes: 1024 ** 3 }, level: "weak", says: "1024 MiB are free" },
    { changed: config({ problems: 2 }), level: "wrong", says: "sallyport validate" },
    { changed: config({ literals: ["providers.a.key"] }), level: "weak", says: "providers.a.key" },
    { changed: config({ isDataInClear: true }), level: "weak", says: "server.tls" },
    { changed: config({ isAdminRemote: true }), level: "weak", says: "admin.allowRemote" },
    { changed: config({ areKeysRequired: false }), level: "weak", says: "keys.required" },
  ])("says $level of $changed", ({ changed, level, says }) => {
    expect(judgeInstallation({ ...well, ...changed })).toEqual([
      { level, message: expect.stringContaining(says) },
    ]);
  });

  it("says first what is wrong", () => {
    const found = judgeInstallation({ ...well, isCoreDumped: true, freeBytes: 0 });
    expect(found.map(({ level }) => level)).toEqual(["wrong", "weak"]);
  });
});
