/** Where `sallyport sandbox` listens unless told otherwise. */
export const sandboxPort = 7229;

/** The options of `sallyport sandbox`: what it parses and what its help says. */
export const sandboxOptions = {
  host: { type: "string", value: "ADDRESS", help: "where to listen; 127.0.0.1 by default" },
  port: {
    type: "string",
    value: "N",
    help: `where to listen; ${sandboxPort} by default, 0 takes any free port`,
  },
  seed: {
    type: "string",
    value: "N",
    help: "the same seed and the same request give the same answer; 1 by default",
  },
  json: { type: "boolean", help: 'prints one line `{"url","port","models"}` when it is ready' },
} as const;
