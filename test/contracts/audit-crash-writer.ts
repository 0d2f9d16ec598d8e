/**
 * The victim of `audit-crash.test.ts`: records as fast as it may, waits for some of them, and says which are acknowledged,
 * and each checkpoint. Arguments: the directory, the number of its life.
 */
import { writeSync } from "node:fs";
import { epochMs } from "../../src/kernel/units.ts";
import { createRecordingLogger } from "../../src/platform/memory/index.ts";
import { auditInFiles } from "./audit-in-files.ts";

const [directory = "", life = "0"] = process.argv.slice(2);
const say = (what: Readonly<Record<string, unknown>>): void => {
  writeSync(1, `${JSON.stringify(what)}\n`);
};
const logger = createRecordingLogger();
const audit = await auditInFiles(directory, logger, { onCheckpoint: (note) => say({ note }) });
const errors = logger.lines().filter(({ level }) => level === "error");
if (errors.length > 0) say({ errors });
const call = {
  route: "createKey",
  permission: "keys:write",
  audit: "key.created",
  caller: "op_1",
  tenant: undefined,
  remoteAddress: "192.0.2.1",
  refusedBy: undefined,
} as const;
for (let count = 0; ; count += 1) {
  for (let request = 0; request < 40; request += 1)
    audit.record({
      type: "request.served",
      outcome: "done",
      actor: "key:1",
      facts: { life, count, request },
    });
  const name = `${life}-${count}`;
  await audit.called({ ...call, at: epochMs(Date.now()), requestId: name, name });
  say({ acknowledged: name });
}
