import { grantOptions } from "./grant-options.ts";

/** Options that several commands have. */
export const config = {
  type: "string",
  value: "FILE",
  help: "the configuration file; `sallyport.yaml` here by default",
} as const;
export const dataDir = {
  type: "string",
  value: "DIR",
  help: "the gateway's state; the file's `dataDir` by default, else `.sallyport`",
} as const;
export const json = { type: "boolean", help: "prints one line of JSON instead of text" } as const;

export const ownerOptions = {
  ...grantOptions,
  disable: { type: "boolean", help: "makes its keys void as long as it is" },
  enable: { type: "boolean", help: "makes its keys valid again" },
  "data-dir": dataDir,
  json,
} as const;
