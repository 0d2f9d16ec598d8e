import { expect, it } from "vitest";
import { printLimits } from "./limits.ts";

const [none, limit] = [
  { tenants: [], projects: [], keys: [], routes: [], models: [] },
  {
    id: "rpm",
    unit: "requests",
    limit: 60,
    perMs: 60_000,
    burst: 60,
    adaptiveFloor: null,
    halvedOnAnomaly: false,
  },
];

it("prints a line for each limit, and who has taken most of it", () => {
  const counts = { admitted: 3, refused: 2, buckets: 1, for: none };
  expect(printLimits([])).toBe("There are no rate limits.\n");
  expect(
    printLimits([
      {
        ...{ ...limit, ...counts, origin: "file", scope: ["key", "model"], factor: 0.8, fill: 0.5 },
        top: [{ scope: "key_1|fast", taken: 24, left: 24 }],
      },
      {
        ...{ ...limit, ...counts, id: "open", origin: "run-time", unit: "concurrent", limit: 4 },
        ...{ scope: ["global"], factor: 1, fill: 0, top: [] },
      },
    ]),
  ).toBe(
    [
      "rpm: 60 requests in 60 s for each key and model (file), 80 % of it in force; 50 % taken, 2 refused; most taken by key_1|fast: 24, 24 left",
      "open: 4 concurrent at the same time for each global (run-time); 0 % taken, 2 refused",
      "",
    ].join("\n"),
  );
});
