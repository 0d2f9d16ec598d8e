import { describe, expect, it } from "vitest";
import { commandLines } from "./command-lines.ts";
import type { CommandLine } from "./options.ts";
import { run } from "./run.ts";

async function typed(args: readonly string[]) {
  const printed = { out: "", err: "" };
  const code = await run(args, {
    stdout: (text) => {
      printed.out += text;
    },
    stderr: (text) => {
      printed.err += text;
    },
    env: {},
    cwd: "/nowhere",
  });
  return { code, ...printed };
}

describe("a command line", () => {
  it.for([
    { args: ["--confg", "x"], says: "there is no option `--confg` here; did you mean `--config`?" },
    { args: ["start", "--seed", "1"], says: "there is no option `--seed` here" },
    { args: ["validate", "--scema"], says: "did you mean `--schema`?" },
    { args: ["start", "-p", "1"], says: "there is no option `-p` here" },
    { args: ["start", "--port"], says: "`--port` needs a value: `--port N`" },
    { args: ["start", "--port", "--json"], says: "`--port` needs a value: `--port N`" },
    { args: ["plan", "--data-dir", ""], says: "`--data-dir` needs a value: `--data-dir DIR`" },
    { args: ["start", "--json=1"], says: "`--json` is a switch and takes no value" },
    { args: ["start", "--config", "a", "--config", "b"], says: "`--config` is given twice" },
    { args: ["start", "--port", "70000"], says: "`--port` takes a port from 0 to 65535, not `70000`" },
    { args: ["start", "my.yaml"], says: "a file is named with `--config my.yaml`" },
    { args: ["my.yaml"], says: "`sallyport start --config my.yaml`" },
    { args: ["keys"], says: "`rotate`, `update` or `revoke`" },
    { args: ["keys", "creat"], says: "did you mean `create`?" },
    { args: ["keys", "create"], says: "`sallyport keys create --name NAME`" },
    { args: ["keys", "create", "--name", "n".repeat(101)], says: "`--name` takes 1 to 100 characters" },
    { args: ["keys", "create", "--name", "a", "--models", "a,,b"], says: "`--models` takes" },
    { args: ["keys", "list", "all"], says: "`all` has no meaning here" },
    { args: ["keys", "revoke"], says: "`sallyport keys revoke ID`" },
    { args: ["sandbox", "--sed", "1"], says: "did you mean `--seed`?" },
    { args: ["sandbox", "--port", "http"], says: "--port must be a whole number" },
  ])("cannot understand $args: 2, one sentence, and where to look", async ({ args, says }) => {
    const { code, out, err } = await typed(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(says);
    expect(err).toMatch(/^sallyport: [^\n]+\n`sallyport( \w+)? --help` lists what there is\.\n$/);
  });
});

describe("the help", () => {
  const commands = Object.entries(commandLines) as readonly (readonly [string, CommandLine])[];

  it("names every command and every option", async () => {
    const { out, code } = await typed(["--help"]);
    expect(code).toBe(0);
    for (const [name, { options }] of commands) {
      expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
      for (const option of Object.keys(options)) {
        expect(out).toMatch(new RegExp(`^  --${option} .*\\b${name}\\b`, "m"));
      }
    }
  });

  it.for(commands)("of %s names every option of it and starts nothing", async ([name, { options }]) => {
    for (const args of [
      [name, "--help"],
      ["help", name],
      [name, "--json", "-h"],
    ]) {
      const { out, err, code } = await typed(args);
      expect({ err, code }).toEqual({ err: "", code: 0 });
      for (const option of Object.keys(options)) expect(out).toMatch(new RegExp(`^  --${option} `, "m"));
    }
  });
});
