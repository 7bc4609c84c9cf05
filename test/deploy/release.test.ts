import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/v4';
import { manifest, packageFile } from '../../deploy/desktop/manifest.ts';
import { settingSchemas } from '../../src/settings/config.ts';
import { root } from '../support/cli.ts';

const read = (name: string) => readFileSync(join(root, name), 'utf8');
const json = (name: string) => JSON.parse(read(name)) as unknown;

/** What this project uses of the format of server.json, and no field beside it, so that a misspelt one shows. */
const input = {
  description: z.string().optional(),
  isRequired: z.boolean().optional(),
  isSecret: z.boolean().optional(),
  format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
  value: z.string().optional(),
  default: z.string().optional(),
  placeholder: z.string().optional(),
  choices: z.array(z.string()).optional(),
};
const variables = z.record(z.string(), z.strictObject(input)).optional();
const keyValue = z.strictObject({ name: z.string(), ...input, variables });
const stdio = z.strictObject({ type: z.literal('stdio') });
const streamableHttp = z.strictObject({
  type: z.literal('streamable-http'),
  url: z.string(),
  headers: z.array(keyValue).optional(),
  variables,
});
const exactVersion = z.string().regex(/^\d+\.\d+\.\d+$/);

/**
 * The rules of the MCP registry's schema of 2025-12-11 for these fields.
 * @see https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json
 */
const serverFile = z.strictObject({
  $schema: z.literal(
    'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  ),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: exactVersion,
  packages: z.array(
    z.strictObject({
      registryType: z.enum(['npm', 'mcpb', 'oci']),
      identifier: z.string().min(1),
      version: exactVersion,
      fileSha256: z
        .string()
        .regex(/^[a-f0-9]{64}$/)
        .optional(),
      transport: stdio,
      environmentVariables: z.array(keyValue),
    }),
  ),
  remotes: z.array(streamableHttp),
});

const server = () => serverFile.parse(json('server.json'));
const { version } = packageFile();

describe('the version of a release', () => {
  it('is the newest section of the changelog, with its date', () => {
    const sections = [...read('CHANGELOG.md').matchAll(/^## \[(.+?)\](?: - (.+))?$/gm)];
    const [unreleased, newest, ...older] = sections.map(([, name, date]) => ({ name, date }));
    expect(unreleased).toEqual({ name: 'Unreleased', date: undefined });
    expect(newest?.name).toBe(version);
    const dates = [newest, ...older].map((section) => section?.date ?? '');
    for (const date of dates) expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(dates).toEqual([...dates].sort().reverse());
  });

  it('is the same in package-lock.json, server.json and the container image', () => {
    const lockfile = z.looseObject({
      version: z.string(),
      packages: z.looseObject({ '': z.looseObject({ version: z.string() }) }),
    });
    const locked = lockfile.parse(json('package-lock.json'));
    expect([locked.version, locked.packages[''].version]).toEqual([version, version]);
    expect([server().version, ...server().packages.map((one) => one.version)]).toEqual([
      version,
      version,
    ]);
    expect(read('docker-compose.yml')).toContain(`image: deedbox:${version}\n`);
  });
});

describe('server.json', () => {
  it('follows the format of the MCP registry', () => {
    expect(serverFile.safeParse(json('server.json')).error?.issues ?? []).toEqual([]);
  });

  it('names the bundle that npm run bundle makes', () => {
    const { name } = packageFile();
    expect(server().packages.map(({ identifier }) => identifier)).toEqual([
      `${name}-${version}.mcpb`,
    ]);
  });

  it('asks for settings that exist and that the bundle passes on', () => {
    const { env } = manifest(packageFile()).server.mcp_config;
    for (const { environmentVariables } of server().packages) {
      const names = environmentVariables.map(({ name }) => name);
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => !(name in settingSchemas))).toEqual([]);
      expect(names.filter((name) => !(name in env))).toEqual([]);
    }
  });

  it('declares every variable of its address and its headers', () => {
    const named = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const remote of server().remotes) {
      expect(Object.keys(remote.variables ?? {})).toEqual(named(remote.url));
      for (const header of remote.headers ?? []) {
        expect(Object.keys(header.variables ?? {})).toEqual(named(header.value ?? ''));
      }
    }
  });
});
