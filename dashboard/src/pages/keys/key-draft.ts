import { readDay, readList, readPairs, writeDay, writePairs } from "../../format/lists.ts";
import type { KeyChanges, ShownKey } from "../../generated/client.ts";

export const lanes = [
  { value: "ai", name: "Models" },
  { value: "raw", name: "Providers, unread" },
  { value: "service", name: "Services" },
  { value: "realtime", name: "Realtime" },
] as const;

type Lane = (typeof lanes)[number]["value"];

/** What a key may do, as it is typed. */
export interface KeyDraft {
  readonly name: string;
  readonly user: string;
  readonly models: string;
  readonly residency: string;
  /** None: all. */
  readonly lanes: readonly Lane[];
  readonly routes: string;
  readonly methods: string;
  readonly tools: string;
  readonly networks: string;
  /** A day, or nothing. */
  readonly expires: string;
  readonly priority: "" | "interactive" | "batch";
  readonly labels: string;
}

export const emptyDraft: KeyDraft = {
  name: "",
  user: "",
  models: "",
  residency: "",
  lanes: [],
  routes: "",
  methods: "",
  tools: "",
  networks: "",
  expires: "",
  priority: "",
  labels: "",
};

/** A key as it would be typed. */
export const draftOf = (key: ShownKey): KeyDraft => ({
  name: key.name,
  user: key.user ?? "",
  models: key.models.join(", "),
  residency: key.residency.join(", "),
  lanes: key.scope.lanes,
  routes: key.scope.routes.join(", "),
  methods: key.scope.methods.join(", "),
  tools: key.scope.tools.join(", "),
  networks: key.networks.join(", "),
  expires: writeDay(key.expiresAt),
  priority: key.priority ?? "",
  labels: writePairs(key.labels),
});

/** What was typed, as the admin API takes it. @param before The key it changes: an end that was not touched stays to the ms. */
export const wantedOf = (draft: KeyDraft, before?: ShownKey): KeyChanges & { readonly name: string } => ({
  name: draft.name.trim(),
  user: draft.user.trim() === "" ? null : draft.user.trim(),
  models: readList(draft.models),
  residency: readList(draft.residency.toLowerCase()),
  scope: {
    lanes: draft.lanes,
    routes: readList(draft.routes),
    methods: readList(draft.methods.toUpperCase()),
    tools: readList(draft.tools),
  },
  networks: readList(draft.networks),
  expiresAt:
    before !== undefined && draft.expires === writeDay(before.expiresAt)
      ? before.expiresAt
      : readDay(draft.expires),
  priority: draft.priority === "" ? null : draft.priority,
  labels: readPairs(draft.labels),
});
