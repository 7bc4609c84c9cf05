import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eras } from '../support/mcp-client.ts';
import { checks, columns, type Failures, type Subject } from './checks.ts';
import { clients, type Reached, type TestedClient } from './clients.ts';
import type { ClientSession } from './client-session.ts';
import { checkInspector, inspectorLimits } from './inspector-checks.ts';
import { NetworkProxy } from './network-proxy.ts';
import { installClients, versions } from './packages.ts';
import { checkSignIns } from './sign-ins.ts';
import { type Row, writeTable } from './table.ts';
import { TestedService } from './tested-service.ts';

/**
 * Connects the clients that people use, of pinned versions from the npm registry, to a service over a few
 * samples, and checks each of their calls. When all passed, it writes the tables of docs/clients.md; with
 * `--check` it compares them. Exits 1 when a check failed or, with `--check`, the page is out of date.
 * Other arguments name the clients to check; then no table is written.
 */

const messageLength = 500;
const messageOf = (error: unknown) => String(error).slice(0, messageLength);

async function checkClient(
  client: TestedClient,
  {
    service,
    network,
    reached,
  }: { service: TestedService; network: NetworkProxy; reached: Reached },
): Promise<Failures> {
  const { subscribesAgain = false, connectsAgain = false, limits = {} } = client;
  const subject: Subject = {
    connect: (options) => client.connect({ ...reached, ...options }),
    service,
    network,
    keyName: keyNameOf(client),
    subscribesAgain,
    connectsAgain,
  };
  const failures: Failures = {};
  let session: ClientSession | undefined;
  try {
    session = await subject.connect();
    const spoken = `${session.serverName()} ${session.protocolVersion()}`;
    if (spoken !== `deedbox ${client.era}`) failures.connect = `it is connected to ${spoken}`;
    for (const column of columns) {
      if (column === 'connect' || column in limits) continue;
      try {
        await checks[column](subject, session);
      } catch (error) {
        failures[column] = messageOf(error);
      }
    }
  } catch (error) {
    failures.connect = messageOf(error);
  } finally {
    await session?.close().catch(() => {});
  }
  return failures;
}

const keyNameOf = ({ name, era }: Row) => `${name} ${era}`;

/** Prints what failed; returns whether nothing did. */
function report(label: string, failures: Record<string, string | undefined>): boolean {
  const lines = Object.entries(failures).map(([what, failure]) => `  ${what}: ${failure}\n`);
  process.stdout.write(`${lines.length === 0 ? 'ok    ' : 'FAILED'} ${label}\n${lines.join('')}`);
  return lines.length === 0;
}

const inspectors: Row[] = eras.map((era) => ({
  name: 'Inspector, command line',
  version: versions['@modelcontextprotocol/inspector'],
  era,
  limits: inspectorLimits(era),
}));

installClients();
const folder = mkdtempSync(join(tmpdir(), 'deedbox-clients-'));
const service = await TestedService.create(folder);
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isNamed = ({ name }: { name: string }) =>
  names.length === 0 || names.some((part) => name.includes(part));
let isOk = true;
try {
  const rows: (TestedClient | Row)[] = [...clients, ...inspectors];
  for (const [index, row] of rows.filter(isNamed).entries()) {
    const network = await NetworkProxy.before(service.url);
    const own = join(folder, String(index));
    mkdirSync(own);
    const reached = { url: network.url, key: service.createKey(keyNameOf(row)), folder: own };
    const failures =
      'connect' in row
        ? await checkClient(row, { service, network, reached })
        : await checkInspector(
            eras.find((era) => era === row.era)!,
            reached,
          );
    await network.close();
    isOk = report(`${row.name} ${row.version}, ${row.era}`, { ...failures }) && isOk;
  }
  const signIns =
    names.length === 0 || names.includes('sign-in') ? await checkSignIns(service, folder) : [];
  for (const { row, failure } of signIns) {
    const label = `sign-in: ${row.name} ${row.version}, ${row.era}, ${row.registration}`;
    isOk = report(label, failure === undefined ? {} : { failure }) && isOk;
  }
  if (isOk && names.length === 0) {
    const check = process.argv.includes('--check');
    const signInRows = signIns.map(({ row }) => row);
    const isUpToDate = writeTable(rows, signInRows, { check });
    if (!isUpToDate) {
      process.stdout.write(
        check
          ? 'docs/clients.md is out of date: npm run test:clients\n'
          : 'docs/clients.md written\n',
      );
      isOk = !check;
    }
  }
} finally {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(isOk ? 0 : 1);
