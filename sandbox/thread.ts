import { type MessagePort, workerData } from "node:worker_threads";
import { startSandbox } from "./server.ts";

/** The sandbox as a thread of a gateway in demo mode: tells its address, and ends when the gateway has it end. */
const { port }: { readonly port: MessagePort } = workerData;
const { url } = await startSandbox({ port: 0 });
port.postMessage(url);
