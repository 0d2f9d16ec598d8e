import type { AuditWriter } from "../capabilities/audit/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import { invariant } from "../kernel/invariant.ts";
import { openHashReader, segmentsIn } from "../platform/audit-files/index.ts";
import type { StoredAudit } from "../ports/audit-store.ts";
import type { Thread, Threads } from "../ports/threads.ts";
import type { AuditAnswer, AuditTask, AuditThreadStart, AuditThreadState } from "./audit-jobs.ts";

const program = new URL(
  import.meta.url.endsWith(".ts") ? "./audit-thread.ts" : "./audit-thread.js",
  import.meta.url,
);
const piece = 1000;

/**
 * The audit log in its directory, written by a thread of its own. A thread that died is begun anew with the next write:
 * what it had made durable without a word it tells by its size, so that no record is written twice and none is lost.
 * @throws GatewayError `storage_unavailable` when the directory cannot be used.
 */
export async function openAuditThread(
  start: AuditThreadStart,
  threads: Threads,
): Promise<{ readonly store: StoredAudit; readonly writer: AuditWriter }> {
  const { directory, segmentSize } = start;
  const thread = createThread(start, threads);
  const { found } = await thread.ready();
  const hashes = openHashReader(directory);
  const { state } = thread;
  /** Records that are known to be durable. */
  let written = state().size;
  return {
    writer: {
      found,
      size: () => written,
      write: async (entries) => {
        await thread.ready();
        const { size } = state();
        if (size < written)
          throw unavailable(directory, `it has ${size} records, and had ${written}: start again to see why`);
        const count =
          size > written
            ? size - written
            : (await thread.ask({ kind: "write", entries: JSON.stringify(entries) })).count;
        written = state().size;
        return count ?? 0;
      },
      head: async () => {
        const { root, state: at } = await thread.ask({ kind: "head" });
        invariant(root !== undefined && at !== undefined, "the audit thread tells the root it is asked for");
        return { size: at.size, root };
      },
    },
    store: {
      size: () => written,
      bytes: () => state().bytes,
      lines: async function* linesOf(from, to) {
        for (let at = from; at < Math.min(to, written); at += piece) {
          const end = Math.min(to, written, at + piece);
          yield (await thread.ask({ kind: "lines", from: at, to: end })).lines ?? [];
        }
      },
      overwrite: async (index, line) => {
        await thread.ask({ kind: "overwrite", index, line });
      },
      segments: () => segmentsIn(directory, written, segmentSize),
      hashes: { count: (level) => state().counts[level], read: hashes.read },
      notes: {
        read: async () => (await thread.ask({ kind: "notes" })).text ?? "",
        append: async (note) => {
          await thread.ask({ kind: "note", note });
        },
      },
      showVerifier: async (text) => {
        await thread.ask({ kind: "verifier", text });
      },
      close: async () => {
        await thread.close();
        hashes.close();
      },
    },
  };
}

interface Asked {
  readonly resolve: (answer: AuditAnswer) => void;
  readonly reject: (fault: GatewayError) => void;
}

interface Begun {
  readonly thread: Thread;
  readonly found: AuditWriter["found"];
}

function createThread(start: AuditThreadStart, threads: Threads) {
  const asked = new Map<number, Asked>();
  let begun: Promise<Begun> | undefined;
  let state: AuditThreadState | undefined;
  let last = 0;
  let isClosed = false;

  const begin = (): Promise<Begun> => {
    const beginning = new Promise<AuditAnswer>((resolve, reject) => asked.set(0, { resolve, reject }));
    const thread = threads.begin<AuditAnswer>(program, {
      name: "audit",
      data: JSON.stringify(start),
      heapMebibytesMax: 128,
      onMessage: (answer) => {
        state = answer.state ?? state;
        const job = asked.get(answer.id);
        asked.delete(answer.id);
        if (asked.size === 0) thread.unref();
        if (answer.error === undefined) job?.resolve(answer);
        else job?.reject(faultOf(answer.error));
      },
      onDeath: (why) => {
        begun = undefined;
        for (const { reject } of asked.values()) reject(unavailable(start.directory, why.message));
        asked.clear();
      },
    });
    thread.ref();
    const mine = beginning.then(({ found }) => {
      invariant(found !== undefined, "the audit thread tells what it has found");
      return { thread, found };
    });
    mine.catch(() => {
      if (begun === mine) begun = undefined;
      void thread.end();
    });
    return mine;
  };
  const ready = (): Promise<Begun> => {
    if (isClosed) return Promise.reject(unavailable(start.directory, "it is closed"));
    begun ??= begin();
    return begun;
  };
  const ask = async (task: AuditTask): Promise<AuditAnswer> => {
    const { thread } = await ready();
    return new Promise((resolve, reject) => {
      last += 1;
      asked.set(last, { resolve, reject });
      thread.ref();
      thread.send({ id: last, ...task });
    });
  };
  return {
    ready,
    ask,
    state: (): AuditThreadState => {
      invariant(state !== undefined, "the audit thread has told what it has found");
      return state;
    },
    /** One that is dead is not begun for it. */
    close: async (): Promise<void> => {
      const open = await begun?.catch(() => undefined);
      if (isClosed || open === undefined) return;
      await ask({ kind: "close" });
      isClosed = true;
      begun = undefined;
      await open.thread.end();
    },
  };
}

const faultOf = ({ code, detail, message }: NonNullable<AuditAnswer["error"]>): GatewayError =>
  new GatewayError(code, detail, message === undefined ? {} : { message });

const unavailable = (directory: string, why: string): GatewayError =>
  new GatewayError("storage_unavailable", `the audit log in ${directory}: ${why}`);
