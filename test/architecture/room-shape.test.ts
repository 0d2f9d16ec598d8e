import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "./source-files.ts";

const indexLinesMax = 15;

/** What a folder lacks to be a room: README.md, settings.ts, stage.ts, and an index.ts of at most 15 lines of code. */
function missingOf(room: string): readonly string[] {
  const missing = ["README.md", "settings.ts", "stage.ts", "index.ts"].filter(
    (file) => !existsSync(join(room, file)),
  );
  if (missing.includes("index.ts")) return missing;
  const lines = codeLines(readFileSync(join(room, "index.ts"), "utf8"));
  return lines > indexLinesMax
    ? [...missing, `index.ts with ${indexLinesMax} lines instead of ${lines}`]
    : missing;
}

function codeLines(source: string): number {
  const withoutComments = source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/\/\/.*$/gm, "");
  return withoutComments.split("\n").filter((line) => line.trim() !== "").length;
}

describe("every room of src/capabilities has the same shape", () => {
  const rooms = readdirSync(join(root, "src/capabilities"));
  it.for(rooms.map((room) => ({ room })))("$room", ({ room }) => {
    expect(missingOf(join(root, "src/capabilities", room))).toEqual([]);
  });
});

describe("src/platform/README.md", () => {
  it("has a line for each folder beside it, and for no other", () => {
    const told = readFileSync(join(root, "src/platform/README.md"), "utf8").matchAll(/^\| `([^`]+)` \|/gm);
    const folders = readdirSync(join(root, "src/platform"), { withFileTypes: true });
    const there = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(new Set([...told].map(([, name]) => name))).toEqual(new Set(there));
  });
});

describe("missingOf", () => {
  let room = "";
  beforeEach(() => {
    room = join(mkdtempSync(join(tmpdir(), "sallyport-room-")), "room");
    mkdirSync(room);
    for (const file of ["README.md", "settings.ts", "stage.ts", "index.ts"])
      writeFileSync(join(room, file), "");
  });
  afterEach(() => rmSync(join(room, ".."), { recursive: true }));

  it("finds a missing file", () => {
    rmSync(join(room, "stage.ts"));
    expect(missingOf(room)).toEqual(["stage.ts"]);
  });

  it("finds an index.ts that has grown, comments not counted", () => {
    const line = "export const a = 1;\n";
    writeFileSync(join(room, "index.ts"), `/**\n * a\n */\n// b\n\n${line.repeat(15)}`);
    expect(missingOf(room)).toEqual([]);
    writeFileSync(join(room, "index.ts"), line.repeat(16));
    expect(missingOf(room)).toEqual(["index.ts with 15 lines instead of 16"]);
  });
});
