/** What `sallyport doctor` looks at. */
export interface InstallationFacts {
  readonly node: string;
  /** Whether this system can start a gateway under the permission model. */
  readonly hasPermissionMode: boolean;
  /** Of the running gateway; `undefined`: none is running. */
  readonly permissionMode: "on" | "off" | undefined;
  /** Flags of Node in the environment. */
  readonly nodeOptions: string;
  readonly isCoreDumped: boolean;
  /** Files and directories whose group or others may more than is good, with their modes. */
  readonly open: readonly { readonly path: string; readonly mode: number }[];
  readonly isSealingKeyBesideData: boolean;
  /** Of the disk that holds the data; `undefined`: it cannot be told. */
  readonly freeBytes: number | undefined;
  /** `undefined`: there is no configuration file. */
  readonly config:
    | {
        /** How many problems the file has. */
        readonly problems: number;
        /** Where credentials stand written out. */
        readonly literals: readonly string[];
        /** Away from loopback without TLS. */
        readonly isDataInClear: boolean;
        readonly isAdminRemote: boolean;
        readonly areKeysRequired: boolean;
      }
    | undefined;
}

/** `wrong`: to be repaired; `weak`: to be known. */
export interface InstallationFinding {
  readonly level: "wrong" | "weak";
  readonly message: string;
}

const freeBytesWrong = 200 * 1024 ** 2;
const freeBytesWeak = 2 * 1024 ** 3;
const revealing =
  /--(inspect|heapsnapshot|heap-prof|cpu-prof|report-(on|uncaught)|diagnostic-dir|insecure|tls-keylog)/;

/** What is wrong or weak, the worst first; empty where there is nothing to say. */
export function judgeInstallation(facts: InstallationFacts): readonly InstallationFinding[] {
  const findings = [...ofProcess(facts), ...ofFiles(facts), ...ofConfig(facts)];
  return findings.toSorted((one, other) => Number(one.level === "weak") - Number(other.level === "weak"));
}

function ofProcess(facts: InstallationFacts): readonly InstallationFinding[] {
  const { node, hasPermissionMode, permissionMode, nodeOptions, isCoreDumped } = facts;
  return [
    ...when(
      permissionMode === "off",
      "wrong",
      "The running gateway is without permission mode: code that finds its way into it can start programs. Start it without `--no-permission`.",
    ),
    ...when(
      !hasPermissionMode,
      "weak",
      "This system has no permission mode: keep the gateway in a container or under a user of its own.",
    ),
    ...when(
      Number.parseInt(node, 10) < 25,
      "weak",
      `Node ${node} has no permission for the network; Node 26 has.`,
    ),
    ...when(
      revealing.test(nodeOptions),
      "wrong",
      "NODE_OPTIONS has flags that show or write down what is in memory; take them out.",
    ),
    ...when(
      isCoreDumped,
      "weak",
      "A crash writes the memory, with its secrets, into a core dump: set `ulimit -c 0` (systemd: `LimitCORE=0`).",
    ),
  ];
}

function ofFiles({
  open,
  isSealingKeyBesideData,
  freeBytes,
}: InstallationFacts): readonly InstallationFinding[] {
  const free = freeBytes ?? Number.POSITIVE_INFINITY;
  const left = `${Math.floor(free / 1024 ** 2)} MiB are free for the data`;
  return [
    ...open.map(
      ({ path, mode }): InstallationFinding => ({
        level: "wrong",
        message: `${path} is open to other users (mode ${mode.toString(8).padStart(4, "0")}): \`chmod go-rwx ${path}\`.`,
      }),
    ),
    ...when(
      isSealingKeyBesideData,
      "weak",
      "The key that seals (`kek`) lies beside what it seals: set SALLYPORT_KEK, so that a copy of the data is not enough.",
    ),
    ...when(
      free < freeBytesWrong,
      "wrong",
      `${left}: the audit log and the ledger soon cannot be written. Free some space.`,
    ),
    ...when(free >= freeBytesWrong && free < freeBytesWeak, "weak", `${left}.`),
  ];
}

function ofConfig({ config }: InstallationFacts): readonly InstallationFinding[] {
  if (config === undefined) return [];
  const { problems, literals, isDataInClear, isAdminRemote, areKeysRequired } = config;
  return [
    ...when(problems > 0, "wrong", "The configuration file is not valid: `sallyport validate` says where."),
    ...when(
      literals.length > 0,
      "weak",
      `Secrets stand written out in the configuration: ${literals.join(", ")}.`,
    ),
    ...when(
      isDataInClear,
      "weak",
      "The data plane can be reached from other machines without TLS: set `server.tls`, or put TLS before it.",
    ),
    ...when(
      isAdminRemote,
      "weak",
      "The admin API can be reached from other machines (`admin.allowRemote`): put TLS before it.",
    ),
    ...when(
      !areKeysRequired,
      "weak",
      "Clients need no key (`keys.required: false`): everybody on this machine may spend.",
    ),
  ];
}

const when = (
  condition: boolean,
  level: InstallationFinding["level"],
  message: string,
): readonly InstallationFinding[] => (condition ? [{ level, message }] : []);
