import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";

/** Under Node's permission model (process.permission) what is written is on the disk by the way its file is opened. */
const isConfined = process.permission !== undefined;

/** How a file is opened whose writes must survive power loss, besides `syncData` behind each. */
export const durableFlags = constants.O_RDWR | (isConfined ? (constants.O_DSYNC ?? 0) : 0);

/** Has what was written to a file opened with `durableFlags` survive power loss. */
export async function syncData(file: FileHandle): Promise<void> {
  await unlessDenied(() => file.datasync(), constants.O_DSYNC !== undefined);
}

/** Has the names of new files survive power loss; where the process may not ask for it, the system does it a little later. */
export async function syncNames(directory: FileHandle): Promise<void> {
  await unlessDenied(() => directory.sync(), true);
}

/** @returns Whether it was allowed. */
export async function unlessDenied(sync: () => Promise<unknown>, mayBeDenied: boolean): Promise<boolean> {
  try {
    await sync();
    return true;
  } catch (thrown) {
    const isDenied = thrown instanceof Error && "code" in thrown && thrown.code === "ERR_ACCESS_DENIED";
    if (!isDenied || !mayBeDenied) throw thrown;
    return false;
  }
}
