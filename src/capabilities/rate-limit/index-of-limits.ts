import { fitsGlob } from "../../kernel/glob.ts";
import type { Limit, Subject } from "./limit.ts";

/** Which limits hold for whom: those of single keys are found without looking at all. */
export interface LimitIndex {
  /** Ids, in the order of the configuration but for those of single keys, which come last. */
  readonly of: (subject: Subject) => readonly string[];
}

export function createLimitIndex(limits: readonly Limit[]): LimitIndex {
  const general: Limit[] = [];
  const byKey = new Map<string, Limit[]>();
  for (const limit of limits) {
    const keys = limit.for.keys ?? [];
    if (keys.length === 0 || keys.some((key) => key.includes("*"))) general.push(limit);
    else for (const key of new Set(keys)) byKey.set(key, [...(byKey.get(key) ?? []), limit]);
  }
  return {
    of: (subject) => {
      const { key = "", keyName = "" } = subject;
      const ids: string[] = [];
      const add = (limit: Limit): void => {
        if (fits(limit, subject)) ids.push(limit.id);
      };
      general.forEach(add);
      byKey.get(key)?.forEach(add);
      if (keyName === key) return ids;
      for (const limit of byKey.get(keyName) ?? []) if (!ids.includes(limit.id)) add(limit);
      return ids;
    },
  };
}

function fits({ for: { tenants, projects, keys, routes, models } }: Limit, subject: Subject): boolean {
  return (
    allows(tenants, subject.tenant) &&
    allows(projects, subject.project) &&
    (allows(keys, subject.key) || allows(keys, subject.keyName)) &&
    allows(routes, subject.route) &&
    allows(models, subject.model)
  );
}

const allows = (globs: readonly string[] | undefined, name: string | undefined): boolean => {
  if (globs === undefined || globs.length === 0) return true;
  return name !== undefined && globs.some((glob) => fitsGlob(glob, name));
};
