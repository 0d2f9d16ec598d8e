/**
 * What a process under Node's permission model can reach, by absolute paths. One that ends in `/` is a directory with all
 * below it, whether it is there yet or not. Links are followed, wherever they lead.
 */
export interface Reach {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/** Whether this process runs under Node's permission model, by whoever's flags. */
export function isConfined(): boolean {
  return process.permission !== undefined;
}

/** Node warns of `--allow-worker` and `--allow-net`: neither is news to whoever starts the gateway. */
const quiet = ["--disable-warning=PERM0006", "--disable-warning=ExperimentalWarning"];

/** The flags of Node for a process that serves the network and reaches these files, and starts nothing. */
export function confiningFlags({ read, write }: Reach): readonly string[] {
  return [
    "--permission",
    ...read.flatMap((path) => withBelow("--allow-fs-read", path)),
    ...write.flatMap((path) => withBelow("--allow-fs-write", path)),
    // Taken back once the threads are there.
    "--allow-worker",
    ...networkFlags(),
    "--disable-proto=delete",
    // Or a signal would open the inspector.
    ...(isFlag("--disable-sigusr1") ? ["--disable-sigusr1"] : []),
    ...quiet,
  ];
}

/** Node has a permission for the network from 25 on, and then no network without it. */
export function networkFlags(): readonly string[] {
  return isFlag("--allow-net") ? ["--allow-net"] : [];
}

/** The flags for the threads of a confined process: the same files, and neither network nor threads of their own. */
export function threadFlags(): readonly string[] {
  if (!isConfined()) return [];
  const files = process.execArgv.filter((flag) => /^--allow-fs-(read|write)=/.test(flag));
  return ["--permission", ...files, ...quiet];
}

/**
 * Takes the right to begin threads from this one: a new worker is not bound by the permissions of whoever begins it.
 * @returns Whether it has none now.
 */
export function mayNoLongerBeginThreads(): boolean {
  const { permission } = process;
  if (permission === undefined) return false;
  const drop: unknown = Reflect.get(permission, "drop");
  if (typeof drop === "function") Reflect.apply(drop, permission, ["worker"]);
  return !permission.has("worker");
}

/** A star stands for what is below also where there is no directory yet. */
function withBelow(flag: string, path: string): readonly string[] {
  return path.endsWith("/") ? [`${flag}=${path.slice(0, -1)}`, `${flag}=${path}*`] : [`${flag}=${path}`];
}

function isFlag(name: string): boolean {
  return process.allowedNodeEnvironmentFlags.has(name);
}
