/**
 * The victim of `ledger-crash.test.ts`: reserves and settles against two budgets as fast as it may and says what has been
 * promised, a line for each in the file `promised`: `held N` once the reservation of call N is durable, `drawn N` when a
 * slice covers it until then. Arguments: the data directory, the number of the first call.
 */

import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { budgetOf, createBudgets } from "../../src/capabilities/budget/index.ts";
import { openLedgerStore } from "../../src/platform/sqlite/index.ts";
import { systemClock, systemTimer } from "../../src/platform/system/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import { crashBudgets } from "./ledger-crash-budgets.ts";

const [directory = "", first = "0"] = process.argv.slice(2);
const file = openSync(join(directory, "promised"), "a");
const store = openLedgerStore({ directory, threads: ownThreads });
const opening = await store.open(0);
const budgets = createBudgets(
  {
    clock: systemClock,
    timer: systemTimer,
    store,
    onFault: (fault) => writeSync(2, `${String(fault)}\n`),
    onAlert: () => undefined,
  },
  opening,
  Object.entries(crashBudgets).map(([id, rules]) => budgetOf(id, rules)),
);
let next = Number(first);
let inFlight = 0;
const call = async (): Promise<void> => {
  const number = next++;
  inFlight += 1;
  const claim = { spender: {}, request: `r${number}`, attempt: 0, nanoUsd: 1_000_000 + number };
  const reserved = budgets.reserve(claim);
  if (reserved.kind !== "held") throw new Error(`${reserved.kind} at call ${number}`);
  if (reserved.durable === undefined) writeSync(file, `drawn ${number}\n`);
  else {
    await reserved.durable;
    writeSync(file, `held ${number}\n`);
    if (number === Number(first)) writeSync(1, "begun\n");
  }
  const spent = { nanoUsd: 400_000 + number, usage: null, priceVersion: "p", estimated: false };
  if (number % 3 === 0) reserved.reservation.release();
  else if (number % 3 === 1) reserved.reservation.settle(spent);
  inFlight -= 1;
};
setInterval(() => {
  for (let count = 0; count < 3 && inFlight < 200; count += 1) void call();
}, 1);
