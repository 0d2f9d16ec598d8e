import { startSandbox } from "./server.ts";

/** The sandbox as the child process of a gateway in demo mode: tells its address, and ends when the parent does. */
const { url } = await startSandbox({ port: 0 });
process.send?.({ url });
process.on("disconnect", () => process.exit(0));
// A terminal sends its signals to both; the parent drains first and then ends this process.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => process.exit(0));
