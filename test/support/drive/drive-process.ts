import { addServiceAccount } from './credentials.ts';
import * as deeds from './deeds.ts';
import { expectedFor } from './expected.ts';
import { live } from './random-deeds.ts';
import { type Life, startLife } from './random-life.ts';
import { DriveServer } from './server.ts';

/**
 * The test Drive as a process of its own, so that its world goes on while others are killed:
 * `tsx drive-process.ts [PORT]`. Its first line on stdout is its address. POST /control/NAME with a
 * JSON array of arguments does something; bytes are given as `{ "base64": … }`.
 */
const server = new DriveServer();
const { world, accounts, faults } = server;
let life: Life | undefined;

const commands: Record<string, (...args: never[]) => unknown> = {
  addUser: world.addUser.bind(world),
  setGroup: world.setGroup.bind(world),
  rootOf: world.rootOf.bind(world),
  createDrive: world.createDrive.bind(world),
  createFolder: world.createFolder.bind(world),
  createFile: world.createFile.bind(world),
  createDoc: world.createDoc.bind(world),
  createShortcut: world.createShortcut.bind(world),
  addServiceAccount: (...args: [string?, string[]?]) => addServiceAccount(server, ...args),
  addClient: () => accounts.addClient(),
  atTheBrowser: (email?: string) => void (accounts.atTheBrowser = email),
  revokeAll: accounts.revokeAll.bind(accounts),
  expireAccessTokens: () => accounts.expireAccessTokens(),
  addFaults: (...rules: Parameters<typeof faults.add>) => void faults.add(...rules),
  clearFaults: () => faults.clear(),
  expireTokens: server.expireTokens.bind(server),
  counts: () => server.counts(),
  requests: () => server.requests,
  forgetRequests: () => server.forgetRequests(),
  startLife: (options: Parameters<typeof startLife>[1]) => void (life = startLife(world, options)),
  live: (count: number) => (life ? live(life, count) : undefined),
  expectedFor: (...args: [string, Parameters<typeof expectedFor>[2]?]) => [
    ...expectedFor(world, ...args).values(),
  ],
};
for (const [name, deed] of Object.entries(deeds))
  commands[name] = (...args: never[]) => (deed as (...all: unknown[]) => unknown)(world, ...args);

server.control = (name, args) => {
  const command = commands[name];
  if (!command) throw new Error(`There is no command ${name}.`);
  return command(...(revived(args) as never[]));
};

function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (value === null || typeof value !== 'object') return value;
  if ('base64' in value) return Buffer.from(String(value.base64), 'base64');
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revived(each)]));
}

await server.listen(Number(process.argv[2] ?? 0));
console.log(server.url);
