import type { AuditControl } from "../gateway/control.ts";

/** An audit log with one record in it. */
export const sampleAudit: AuditControl = {
  list: async ({ index }) => ({
    records:
      index === undefined || index === 7
        ? [
            {
              index: 7,
              at: "2026-01-01T00:00:00.000Z",
              type: "key.created",
              outcome: "done",
              actor: "admin:bearer",
              tenant: "acme",
              facts: { operation: "createKey", request: "req_1" },
              hashed: { address: "c2FsdGVk", user: "c2FsdGVk" },
              personal: { address: "192.0.2.7" },
            },
          ]
        : [],
    next: 7,
  }),
  checkpoint: async () => ({
    note: "sallyport/test\n8\ncm9vdA==\n\n— sallyport/test c2ln\n",
    verifier: "sallyport/test+00000000+AQ==",
  }),
  inclusion: (index, size = 8) => ({ index, size, root: "cm9vdA==", hashes: ["aGFzaA=="] }),
  consistency: (from, size = 8) => ({ from, size, root: "cm9vdA==", hashes: ["aGFzaA=="] }),
  verify: async (from) =>
    from === undefined
      ? { kind: "intact", size: 8, checkpoints: 1, movedAway: 0, unsigned: 0 }
      : { kind: "broken", index: 3, why: "record 3 is not the one that was signed" },
  erase: async (id) => id === "7.address",
  state: () => ({
    size: 8,
    waiting: 0,
    dropped: 0,
    lastError: undefined,
    checkpointAt: undefined,
    checkpointSize: 8,
  }),
};

const intact = { intact: true, size: 8, checkpoints: 1, moved_away: 0, unsigned: 0, index: null, why: null };

/** What the admin API answers of it. */
export const auditExamples = {
  listAudit: {
    query: "?type=key.&limit=1",
    data: {
      records: [
        {
          index: 7,
          at: "2026-01-01T00:00:00.000Z",
          type: "key.created",
          outcome: "done",
          actor: "admin:bearer",
          tenant: "acme",
          facts: { operation: "createKey", request: "req_1" },
          personal: { address: "192.0.2.7", user: null },
        },
      ],
      next: 7,
    },
  },
  readAuditCheckpoint: {
    data: {
      note: "sallyport/test\n8\ncm9vdA==\n\n— sallyport/test c2ln\n",
      verifier: "sallyport/test+00000000+AQ==",
      size: 8,
      waiting: 0,
      dropped: 0,
    },
  },
  readAuditProof: {
    query: "?index=3",
    data: { kind: "inclusion", index: 3, from: null, size: 8, root: "cm9vdA==", hashes: ["aGFzaA=="] },
  },
  verifyAudit: { body: {}, data: intact },
  eraseAuditValue: { id: "7.address", data: { id: "7.address", erased: true } },
} as const;
