import { GatewayError } from "../../kernel/errors.ts";
import {
  type CompiledPolicies,
  compileInSteps,
  compileKept,
  type PolicyProblem,
  type PolicySet,
  type PolicyWorld,
} from "./compile.ts";
import type { Policy } from "./policy.ts";

/** What the configuration says of policies. */
export interface ConfiguredPolicies {
  readonly policies: readonly Policy[];
  readonly fallback: "allow" | "deny";
  readonly lists: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The policies that were set while the gateway ran, at one revision. */
export interface PolicyVersion {
  readonly revision: number;
  /** ms since 1970. */
  readonly at: number;
  readonly by: string;
  readonly policies: readonly Policy[];
}

/** The policies in force: those of the file, which nobody changes here, and those that were set while the gateway ran. */
export interface PolicyDesk {
  /** What a request keeps to its end. */
  readonly current: () => PolicySet;
  readonly listed: () => readonly { readonly policy: Policy; readonly from: "file" | "runtime" }[];
  readonly runtime: () => readonly Policy[];
  /** Newest first. */
  readonly versions: () => readonly PolicyVersion[];
  /** What the configuration says, as it counts now. */
  readonly configured: () => ConfiguredPolicies;
  /** Another configuration counts, or the same where there are other limits. */
  readonly configure: (next: ConfiguredPolicies) => void;
  /** What the set would be with these in the place of all that were set while the gateway ran. */
  readonly compile: (runtime: readonly Policy[]) => Promise<CompiledPolicies>;
  /**
   * Puts them in force, once they are stored. `expected`: the revision that whoever asks has seen.
   * @throws GatewayError `precondition_failed`, `malformed_request` where one is wrong, `storage_unavailable`.
   */
  readonly commit: (
    change: (runtime: readonly Policy[]) => readonly Policy[],
    by: string,
    expected?: number,
  ) => Promise<PolicySet>;
}

export interface PolicyDeskPorts {
  readonly now: () => number;
  readonly expressions: PolicyWorld["expressions"];
  /** The ids of all limits. */
  readonly limits: () => readonly string[];
  /** Does the steps while requests are served. */
  readonly inSlices: <Result>(steps: Generator<undefined, Result>) => Promise<Result>;
  /** On the disk when it resolves; `gone`: revisions that are not kept any more. */
  readonly save: (version: PolicyVersion, gone: readonly number[]) => Promise<void>;
}

const versionsMax = 100;

export function createPolicyDesk(
  configured: ConfiguredPolicies,
  stored: readonly PolicyVersion[],
  ports: PolicyDeskPorts,
): PolicyDesk {
  let file = configured;
  let versions = stored.toSorted((one, other) => other.revision - one.revision);
  let revision = versions[0]?.revision ?? 1;
  /** One change at a time: each sees what the one before it made. */
  let last: Promise<unknown> = Promise.resolve();
  const runtime = (): readonly Policy[] => versions[0]?.policies ?? [];
  const worldNow = (): PolicyWorld => ({
    expressions: ports.expressions,
    lists: file.lists,
    limits: ports.limits(),
  });
  /** One of the file stands above one of the same name. */
  const together = (set: readonly Policy[]): readonly Policy[] => {
    const ids = new Set(file.policies.map(({ id }) => id));
    return [...file.policies, ...set.filter(({ id }) => !ids.has(id))];
  };
  const headOf = (number: number) => ({ revision: number, fallback: file.fallback });
  let current = compileKept(together(runtime()), worldNow(), headOf(revision));
  const compile: PolicyDesk["compile"] = (set) =>
    ports.inSlices(compileInSteps([...file.policies, ...set], worldNow(), headOf(revision)));
  const commit = async (
    change: (set: readonly Policy[]) => readonly Policy[],
    by: string,
    expected: number | undefined,
  ): Promise<PolicySet> => {
    if (expected !== undefined && expected !== revision) throw stale(revision);
    const policies = change(runtime());
    const all = [...file.policies, ...policies];
    const made = await compile(policies);
    if (made.kind === "broken") throw wrong(made.problems, all);
    // Another configuration may have come meanwhile.
    if (expected !== undefined && expected !== revision) throw stale(revision);
    const next: PolicyVersion = { revision: revision + 1, at: ports.now(), by, policies };
    const kept = [next, ...versions];
    const gone = kept.slice(versionsMax);
    await ports.save(
      next,
      gone.map((version) => version.revision),
    );
    versions = kept.slice(0, versionsMax);
    revision = next.revision;
    current = compileKept(together(policies), worldNow(), headOf(revision));
    return current;
  };
  return {
    current: () => current,
    listed: () => [
      ...file.policies.map((policy) => ({ policy, from: "file" as const })),
      ...runtime().map((policy) => ({ policy, from: "runtime" as const })),
    ],
    runtime,
    versions: () => versions,
    compile,
    configured: () => file,
    configure: (next) => {
      const isSame = JSON.stringify(next.policies) === JSON.stringify(file.policies);
      const hasSameLists = next.lists === file.lists && next.fallback === file.fallback;
      file = next;
      if (!isSame || !hasSameLists) revision += 1;
      current = compileKept(together(runtime()), worldNow(), headOf(revision));
    },
    commit: (change, by, expected) => {
      const done = last.then(() => commit(change, by, expected));
      last = done.catch(() => undefined);
      return done;
    },
  };
}

const stale = (revision: number): GatewayError =>
  new GatewayError("precondition_failed", `the revision is ${revision}`, {
    message: `The policies have changed meanwhile: their revision is ${revision}.`,
    param: "if-match",
  });

function wrong(problems: readonly PolicyProblem[], policies: readonly Policy[]): GatewayError {
  const message = problems
    .map(({ index, field, at, message: why }) => {
      const place = at === undefined ? "" : ` at character ${at}`;
      return `Policy \`${policies[index]?.id ?? index}\`, \`${field}\`${place}: ${why}.`;
    })
    .join(" ");
  return new GatewayError("malformed_request", message, { message, param: "policies" });
}
