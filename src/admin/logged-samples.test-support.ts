import { epochMs } from "../kernel/units.ts";
import { sampleRecord } from "./control-samples.test-support.ts";

/** Three requests as the log lists them, the newest first. */
export const sampleLogged = [3, 2, 1].map((number) => {
  const { id, at, status, outcome, model, provider, keyId, dialect, code, isStream, durationMs } =
    sampleRecord;
  const about = { at, status, outcome, model, provider, keyId, dialect, code, isStream, durationMs };
  return {
    ...about,
    ...{ route: null, tenant: null, project: null, user: null },
    at: epochMs(at),
    id: id.replace(/3$/, String(number)),
    inputTokens: 10,
    outputTokens: 3,
    costNanoUsd: null,
  };
});
