import { runSandbox } from "../../sandbox/main.ts";
import type { World } from "./world.ts";

/** `sallyport sandbox`: the simulated provider alone, for trying clients and for tests. */
export async function sandbox(args: readonly string[], world: World): Promise<number | undefined> {
  const running = await runSandbox(args, (line) => world.stdout(`${line}\n`));
  return running === undefined ? 0 : undefined;
}
