export { type KeptThreads, keepThreads } from "./kept-threads.ts";
export { ownThreads, threadsWith } from "./own-threads.ts";
