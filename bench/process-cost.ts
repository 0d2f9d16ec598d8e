import { readFileSync } from "node:fs";

/** Linux counts CPU time in hundredths of a second for every architecture we run on (USER_HZ). */
const ticksPerSecond = 100;

/**
 * CPU time of a process so far, in seconds: user and system, all threads, as the kernel accounts for it.
 *
 * Source: proc(5), fields 14 (utime) and 15 (stime) of /proc/PID/stat.
 */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // the second field is the command in parentheses and may hold spaces: count from behind it
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Memory of a process that is resident now, in MiB. */
export function residentMib(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}
