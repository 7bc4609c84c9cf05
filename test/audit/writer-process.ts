import { AuditLog } from '../../src/audit/log.ts';

/** Writes lines until it is killed, or a given number of them, and prints each that is on the disk. */
const [folder, name, count] = process.argv.slice(2) as [string, string, string];
const log = new AuditLog({ folder, maxBytes: 20_000 });
for (let line = 0; line < Number(count); line += 1) {
  await log.append({ event: 'tool', writer: name, line, filler: 'x'.repeat((line * 37) % 900) });
  process.stdout.write(`${line}\n`);
}
await log.close();
