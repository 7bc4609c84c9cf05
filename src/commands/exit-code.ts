/** Runs a command and leaves with its exit code; the outlet is emptied first. */
export async function exitWith(code: Promise<number>): Promise<void> {
  process.exitCode = await code;
}
