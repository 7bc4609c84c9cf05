import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { formats, readableExtensions } from '../../src/extract/formats.ts';
import type { DriveApi } from '../../src/sources/drive/api.ts';
import { connectDrive } from '../../src/sources/drive/connect.ts';
import { DriveSource } from '../../src/sources/drive/drive-source.ts';
import {
  type DriveLimits,
  type DriveSettings,
  readScope,
} from '../../src/sources/drive/settings.ts';
import { DriveSimulator } from '../support/drive/simulator.ts';
import type { DriveModelOptions } from '../support/drive/drive-model.ts';

/** Short waits, and the quota of many accounts. */
const testLimits: DriveLimits = {
  unitsPerMinute: 100_000_000,
  concurrency: 16,
  initialBackoffMs: 1,
  maxAttempts: 6,
  idleTimeoutMs: 5000,
};

/** The sign-in that `deedbox drive login` would store for this user. */
function userCredentialsFor(server: DriveSimulator, email: string) {
  const { clientId, clientSecret } = server.accounts.addClient();
  const refreshToken = server.accounts.issueRefreshToken({ email, scopes: [readScope], clientId });
  return {
    type: 'authorized_user',
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
  };
}

/** A Drive simulator, and sources that read it as one user. */
export interface DriveFixture {
  server: DriveSimulator;
  /** That user's address. */
  account: string;
  settings: DriveSettings;
  folder: string;
  tempFolder: string;
  api: DriveApi;
  source: (id: string) => DriveSource;
  close: () => Promise<void>;
}

export async function openDriveFixture(
  options: { limits?: Partial<DriveLimits> } & DriveModelOptions = {},
): Promise<DriveFixture> {
  const { limits: overrides, ...modelOptions } = options;
  const server = await new DriveSimulator(modelOptions).listen();
  const folder = await mkdtemp(join(tmpdir(), 'deedbox-drive-'));
  const account = server.model.addUser('reader@firm.example');
  const tokenFile = join(folder, 'drive-token.json');
  writeFileSync(tokenFile, JSON.stringify(userCredentialsFor(server, account)), { mode: 0o600 });
  const settings: DriveSettings = {
    tokenFile,
    endpoint: `${server.url}/`,
    limits: { ...testLimits, ...overrides },
  };
  const tempFolder = join(folder, 'temp');
  const api = await connectDrive(settings);
  return {
    server,
    account,
    settings,
    folder,
    tempFolder,
    api,
    source: (id) =>
      new DriveSource(id, {
        connect: async () => api,
        endpoint: settings.endpoint,
        extensions: readableExtensions,
        mediaTypes: Object.keys(formats),
        tempFolder,
      }),
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
