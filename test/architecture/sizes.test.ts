import { expect, it } from "vitest";
import { sourceFiles } from "./source-files.ts";

const linesMax = 300;

it(`no source file has more than ${linesMax} lines`, () => {
  const sizes = [...sourceFiles("{src,sandbox,dashboard/src}/**/*.{ts,tsx}")].filter(
    ([file]) => !/generated|\.test/.test(file),
  );
  const tooLong = sizes
    .map(([file, text]) => ({ file, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > linesMax);
  expect(tooLong).toEqual([]);
});

it("no source file has a name that says nothing", () => {
  const vague = /(^|[/-])(utils?|helpers?|common|misc|types|manager|service|handler)\.tsx?$/;
  expect([...sourceFiles("{src,sandbox}/**/*.ts").keys()].filter((file) => vague.test(file))).toEqual([]);
});
