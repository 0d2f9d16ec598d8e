/** `npm run proto`: checks the `.proto` files and writes the TypeScript that is made from them. */
import { join } from "node:path";
import { buf, protoFolders, writeCode } from "./proto-code.ts";
import { root } from "./tools.ts";

const isFine = await buf(["lint"]);
if (!isFine) process.exitCode = 1;
for (const { from, to } of isFine ? protoFolders : []) {
  const isWritten = await writeCode(from, join(root, to));
  console.log(`${to}: ${isWritten ? "written" : "failed"}`);
  if (!isWritten) process.exitCode = 1;
}
