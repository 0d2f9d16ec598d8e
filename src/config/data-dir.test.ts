import { expect, it } from "vitest";
import { dataDirIn } from "./data-dir.ts";
import { parseWorldOf } from "./parse.test-support.ts";

it.for([
  { text: "dataDir: /var/lib/sallyport\n", found: "/var/lib/sallyport" },
  { text: "server: {}\r\ndataDir: state # of this machine\r\n", found: "state" },
  { text: 'dataDir: "my state"\n', found: "my state" },
  { text: "dataDir: 'a#b'\n", found: "a#b" },
  { text: "dataDir: a#b\n", found: "a#b" },
  { text: "dataDir: ${STATE}/gate\n", found: "/data/gate" },
  { text: "dataDir: ${NONE:-here}\n", found: "here" },
  { text: "models: { [broken\ndataDir: state\n", found: "state" },
  { text: "dataDir: ${NONE}\n", found: undefined },
  { text: "dataDir:\n", found: undefined },
  { text: "log:\n  dataDir: other\n# dataDir: no\n", found: undefined },
])("finds $found in $text", ({ text, found }) => {
  expect(dataDirIn(text, parseWorldOf({ STATE: "/data" }))).toBe(found);
});
