import { readDay, readList, readPairs, writeDay, writePairs } from "../../format/lists.ts";
import type { OwnerChanges, ShownTenant } from "../../generated/client.ts";

/** A tenant, or a project with its tenant. */
export type Owner = ShownTenant & { readonly tenant?: string };

/** `acme`, or `acme/shop`. */
export const ownerPath = ({ id, tenant }: Pick<Owner, "id" | "tenant">): string =>
  tenant === undefined ? id : `${tenant}/${id}`;

/** What its keys may do, as it is typed. */
export interface OwnerDraft {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly models: string;
  readonly residency: string;
  readonly networks: string;
  readonly expires: string;
  readonly labels: string;
  readonly isDisabled: boolean;
}

export const emptyOwner: OwnerDraft = {
  id: "",
  tenant: "default",
  name: "",
  models: "",
  residency: "",
  networks: "",
  expires: "",
  labels: "",
  isDisabled: false,
};

export const draftOfOwner = (owner: Owner): OwnerDraft => ({
  id: owner.id,
  tenant: owner.tenant ?? "default",
  name: owner.name,
  models: owner.models.join(", "),
  residency: owner.residency.join(", "),
  networks: owner.networks.join(", "),
  expires: writeDay(owner.expiresAt),
  labels: writePairs(owner.labels),
  isDisabled: owner.isDisabled,
});

/** What was typed, as the admin API takes it. @param before What it changes: an end that was not touched stays to the ms. */
export const changesOf = (draft: OwnerDraft, before: Owner | undefined): OwnerChanges => ({
  ...(draft.name.trim() === "" ? {} : { name: draft.name.trim() }),
  models: readList(draft.models),
  residency: readList(draft.residency.toLowerCase()),
  networks: readList(draft.networks),
  expiresAt:
    before !== undefined && draft.expires === writeDay(before.expiresAt)
      ? before.expiresAt
      : readDay(draft.expires),
  labels: readPairs(draft.labels),
  isDisabled: draft.isDisabled,
});
