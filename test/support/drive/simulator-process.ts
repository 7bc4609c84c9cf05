import { addServiceAccount } from './credentials.ts';
import * as operations from './drive-operations.ts';
import { expectedFor } from './expected.ts';
import {
  runRandomOperations,
  type RandomActivity,
  startRandomActivity,
} from './random-activity.ts';
import { DriveSimulator } from './simulator.ts';

/**
 * The Drive simulator as a separate process, so that its model survives when others are killed:
 * `tsx drive-process.ts [PORT]`. Its first line on stdout is its address. POST /control/NAME with a
 * JSON array of arguments does something; bytes are given as `{ "base64": … }`.
 */
const server = new DriveSimulator();
const { model, accounts, faults } = server;
let activity: RandomActivity | undefined;

const commands: Record<string, (...args: never[]) => unknown> = {
  addUser: model.addUser.bind(model),
  setGroup: model.setGroup.bind(model),
  rootOf: model.rootOf.bind(model),
  createDrive: model.createDrive.bind(model),
  createFolder: model.createFolder.bind(model),
  createFile: model.createFile.bind(model),
  createDoc: model.createDoc.bind(model),
  createShortcut: model.createShortcut.bind(model),
  addServiceAccount: (...args: [string?, string[]?]) => addServiceAccount(server, ...args),
  addClient: () => accounts.addClient(),
  setConsentingUser: (email?: string) => void (accounts.consentingUser = email),
  revokeAll: accounts.revokeAll.bind(accounts),
  expireAccessTokens: () => accounts.expireAccessTokens(),
  addFaults: (...rules: Parameters<typeof faults.add>) => void faults.add(...rules),
  clearFaults: () => faults.clear(),
  expireTokens: server.expireTokens.bind(server),
  counts: () => server.counts(),
  requests: () => server.requestLog,
  forgetRequests: () => server.forgetRequests(),
  startActivity: (options: Parameters<typeof startRandomActivity>[1]) =>
    void (activity = startRandomActivity(model, options)),
  runOperations: (count: number) => (activity ? runRandomOperations(activity, count) : undefined),
  expectedFor: (...args: [string, Parameters<typeof expectedFor>[2]?]) => [
    ...expectedFor(model, ...args).values(),
  ],
};
for (const [name, operation] of Object.entries(operations))
  commands[name] = (...args: never[]) =>
    (operation as (...all: unknown[]) => unknown)(model, ...args);

server.control = (name, args) => {
  const command = commands[name];
  if (!command) throw new Error(`There is no command ${name}.`);
  return command(...(decodeArguments(args) as never[]));
};

function decodeArguments(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decodeArguments);
  if (value === null || typeof value !== 'object') return value;
  if ('base64' in value) return Buffer.from(String(value.base64), 'base64');
  return Object.fromEntries(
    Object.entries(value).map(([key, element]) => [key, decodeArguments(element)]),
  );
}

await server.listen(Number(process.argv[2] ?? 0));
console.log(server.url);
