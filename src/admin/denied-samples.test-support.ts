import type { Control } from "../gateway/control.ts";
import { epochMs } from "../kernel/units.ts";

/** A token that somebody has lost. */
export const sampleDenial = {
  id: "d1",
  issuer: "https://login.example",
  jti: "t1",
  reason: "lost",
  deniedAt: epochMs(1_767_225_600_000),
  until: epochMs(1_767_229_200_000),
};

export const memoryDenials: Pick<Control, "deniedTokens" | "identityKeys"> = {
  deniedTokens: {
    list: () => [sampleDenial],
    deny: ({ issuer, jti }) => Promise.resolve({ ...sampleDenial, issuer, jti }),
    allow: (id) => Promise.resolve(id === sampleDenial.id ? sampleDenial : undefined),
  },
  identityKeys: () => '{"keys":[]}',
};
