import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { brokenRules, type LockedPackage, type Lockfile } from "./dependencies.ts";
import { root } from "./source-files.ts";

interface Manifest {
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

function read(file: string): Lockfile {
  return JSON.parse(readFileSync(join(root, file), "utf8"));
}

describe("the lockfiles", () => {
  it.for(["package-lock.json", "tooling/node/package-lock.json"])("%s keeps every rule", (file) => {
    const lockfile = read(file);
    expect(Object.keys(lockfile.packages).length).toBeGreaterThan(4);
    expect(brokenRules(lockfile)).toEqual([]);
  });

  it("know the packages of package.json in the same versions", () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const locked = read("package-lock.json").packages[""];
    expect(locked).toMatchObject({ dependencies, devDependencies });
  });

  it("docs/dependencies.md has a line for each package at run time, with its licence, and for no other", () => {
    const { "": _, ...installed } = read("package-lock.json").packages;
    const locked = Object.entries(installed)
      .filter(([, { dev, devOptional }]) => !dev && !devOptional)
      .map(([path, { license = "" }]) => `${path.split("node_modules/").at(-1) ?? ""}: ${license}`);
    const listed = readFileSync(join(root, "docs/dependencies.md"), "utf8").matchAll(
      /^\| `([^`]+)` \| ([^|]+) \| [^|]+ \| [^|]+ \|$/gm,
    );
    expect([...listed].map(([, name = "", license = ""]) => `${name}: ${license}`)).toEqual(
      locked.toSorted(),
    );
  });

  it("what is installed says the same of itself, and brings nothing that is built at the installation", () => {
    const { "": _, ...installed } = read("package-lock.json").packages;
    for (const [path, { version, dev, devOptional }] of Object.entries(installed)) {
      if (dev || devOptional) continue;
      const manifest: Manifest = JSON.parse(readFileSync(join(root, path, "package.json"), "utf8"));
      expect(manifest.version, path).toBe(version);
      const { scripts = {} } = manifest;
      for (const name of ["preinstall", "install", "postinstall"])
        expect(scripts, path).not.toHaveProperty(name);
      expect(existsSync(join(root, path, "binding.gyp")), path).toBe(false);
    }
  });
});

describe("brokenRules", () => {
  const fine: LockedPackage = { version: "1.0.0", integrity: "sha512-x", license: "MIT" };

  it.for<{ name: string; packages: Readonly<Record<string, LockedPackage>>; says: string }>([
    {
      name: "an install script",
      packages: { "node_modules/a": { ...fine, hasInstallScript: true } },
      says: "runs a script",
    },
    {
      name: "an install script of a tool",
      packages: { "node_modules/a": { ...fine, dev: true, hasInstallScript: true } },
      says: "runs a script",
    },
    {
      name: "a git source",
      packages: { "node_modules/a": { ...fine, resolved: "git+ssh://git@example.com/a.git#1" } },
      says: "git",
    },
    {
      name: "a package without a hash",
      packages: { "node_modules/a": { version: "1.0.0", license: "MIT" } },
      says: "sha512",
    },
    { name: "a link", packages: { "node_modules/a": { ...fine, link: true } }, says: "link" },
    {
      name: "a licence outside the list",
      packages: { "node_modules/a": { ...fine, license: "AGPL-3.0" } },
      says: "AGPL-3.0",
    },
    {
      name: "a package without a licence",
      packages: { "node_modules/a": { version: "1.0.0", integrity: "sha512-x" } },
      says: "nobody knows",
    },
    {
      name: "a tool's licence at run time",
      packages: { "node_modules/a": { ...fine, license: "MPL-2.0" } },
      says: "MPL-2.0",
    },
    { name: "a range", packages: { "": { dependencies: { a: "^1.0.0" } } }, says: "exact version" },
    {
      name: "two versions of a package",
      packages: { "node_modules/a": fine, "node_modules/b/node_modules/a": { ...fine, version: "2.0.0" } },
      says: "two versions",
    },
    {
      name: "too many packages",
      packages: Object.fromEntries(Array.from({ length: 46 }, (_, n) => [`node_modules/p${n}`, fine])),
      says: "46 packages",
    },
  ])("names $name", ({ packages, says }) => {
    expect(brokenRules({ packages })).toEqual([expect.stringContaining(says)]);
  });

  it("allows a tool's licence in a tool, and a tool's second version", () => {
    const tool = { ...fine, dev: true };
    const packages = {
      "node_modules/a": { ...tool, license: "MPL-2.0" },
      "node_modules/b": tool,
      "node_modules/a/node_modules/b": { ...tool, version: "2.0.0" },
    };
    expect(brokenRules({ packages })).toEqual([]);
  });
});
