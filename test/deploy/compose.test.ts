import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig, settingSchemas } from '../../src/settings/config.ts';
import { root } from '../support/cli.ts';

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string | number>;
  ports?: string[];
  networks?: string[];
  secrets?: string[];
  volumes?: (string | { source: string; target: string; read_only?: boolean })[];
  healthcheck?: { test: string[] };
  profiles?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  restart?: string;
  mem_limit?: string;
  cpus?: number;
  pids_limit?: number;
  container_name?: string;
  network_mode?: string;
  privileged?: boolean;
}

const read = (name: string) => readFileSync(join(root, name), 'utf8');
const file = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
};
const services = Object.entries(file.services);
const dockerfile = read('Dockerfile');

/** Every setting that the program reads. */
const settings = new Set(Object.keys(settingSchemas));

/** The text with each `${NAME:-default}` replaced by its default, as Compose does where nothing is set. */
const resolveDefaults = (text: string) => text.replace(/\$\{\w+(?::-([^}]*))?\}/g, '$1');

describe('docker-compose.yml', () => {
  it('has Redis, the service, a worker that can be scaled, and a proxy with its profile', () => {
    expect(Object.keys(file.services)).toEqual(['redis', 'server', 'worker', 'proxy']);
    const always = services.filter(([, service]) => service.profiles === undefined);
    expect(always.map(([name]) => name)).toEqual(['redis', 'server', 'worker']);
    const { worker, server } = file.services;
    // A fixed name or port would keep a second worker from starting.
    expect(worker).not.toHaveProperty('container_name');
    expect(worker).not.toHaveProperty('ports');
    expect(worker?.command).toEqual(['worker']);
    expect(server?.command).toContain('--no-worker');
    expect(worker?.volumes).toEqual(server?.volumes);
  });

  it.each(services)('%s has no privileges that it does not need', (name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
      mem_limit: expect.stringMatching(/^\d+[mg]$/),
      cpus: expect.any(Number),
      pids_limit: expect.any(Number),
    });
    expect(service.privileged ?? false).toBe(false);
    expect(service.network_mode).toBeUndefined();
    if (name !== 'proxy') expect(service.cap_add).toBeUndefined();
  });

  it.each(services)('%s has a pinned image and a health check', (_name, service) => {
    expect(service.image).toMatch(/^[a-z/]+:\d+\.\d+\.\d+/);
    const ownHealth = service.build !== undefined && dockerfile.includes('HEALTHCHECK');
    expect(service.healthcheck !== undefined || ownHealth).toBe(true);
  });

  it('publishes ports on loopback only, and Redis on none', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.map(resolveDefaults)).toEqual(['127.0.0.1:7331:7331', '127.0.0.1:443:443']);
    expect(file.services['redis']).toMatchObject({ networks: ['inside'] });
    expect(file.networks['inside']).toEqual({ internal: true });
  });

  it('stores everything in named volumes, and mounts contracts read-only', () => {
    for (const [, { volumes = [] }] of services) {
      for (const volume of volumes) {
        if (typeof volume === 'string') {
          const [source = ''] = volume.split(':');
          const isNamed = Object.keys(file.volumes).includes(source);
          expect(isNamed || volume.endsWith(':ro'), volume).toBe(true);
        } else expect(volume).toMatchObject({ target: '/contracts', read_only: true });
      }
    }
  });

  it('Redis persists jobs and evicts none', () => {
    const command = file.services['redis']!.command!.join(' ');
    expect(command).toContain('--appendonly yes');
    expect(command).toContain('--maxmemory-policy noeviction');
  });

  it('gives secrets by file, and holds none', () => {
    for (const { file: path } of Object.values(file.secrets))
      expect(resolveDefaults(path)).toMatch(/^\.\/deploy\/redis\/secrets\//);
    expect(read('.gitignore')).toContain('deploy/redis/secrets/');
    for (const [name, { secrets = [] }] of services) {
      for (const secret of secrets) expect(Object.keys(file.secrets)).toContain(secret);
      // the key of Redis is for Redis alone
      if (name !== 'redis') expect(secrets).not.toContain('redis-key');
    }
  });

  it.each(services.filter(([, service]) => service.build !== undefined))(
    '%s gets only known and valid settings',
    (_name, { environment = {} }) => {
      const environmentSettings = Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, resolveDefaults(String(value))]),
      );
      expect(Object.keys(environmentSettings).filter((name) => !settings.has(name))).toEqual([]);
      expect(readConfig(environmentSettings).queue).toMatchObject({
        redisUrl: 'rediss://redis:6379',
        redisPasswordFile: '/run/secrets/redis-password',
        redisCaFile: '/run/secrets/redis-ca',
      });
    },
  );
});

it('docs/settings.md describes every setting', () => {
  const page = read('docs/settings.md');
  const described = [...settings].filter((name) => page.includes(`| \`${name}\` |`));
  expect(settings.size).toBeGreaterThan(50);
  expect(described).toEqual([...settings]);
});

describe('deploy/systemd', () => {
  it('the environment file has only known and valid settings', () => {
    const lines = read('deploy/systemd/deedbox.env')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('# '));
    // in single quotes, in which neither a shell nor systemd replaces anything; also what is commented out
    expect(lines.filter((line) => !/^#?[A-Z_]+='[^']*'$/.test(line))).toEqual([]);
    const environmentSettings = Object.fromEntries(
      lines.map((line) => {
        const [, name, value] = /^#?([A-Z_]+)='(.*)'$/.exec(line)!;
        return [name, value!];
      }),
    );
    // The unit gives it to the command.
    expect(Object.keys(environmentSettings).filter((name) => !settings.has(name))).toEqual([
      'CONTRACTS',
    ]);
    expect(readConfig(environmentSettings).queue).toMatchObject({
      redisUrl: 'redis://127.0.0.1:6379/0',
      redisPasswordFile: '/etc/deedbox/redis-password',
    });
  });

  it.each([
    ['deedbox.service', 'start --no-worker $CONTRACTS'],
    ['deedbox@.service', 'start --no-worker --port %i $CONTRACTS'],
    ['deedbox-worker@.service', 'worker'],
  ])('%s runs an existing command with restricted privileges', (name, command) => {
    const unit = read(`deploy/systemd/${name}`);
    expect(unit).toContain(`ExecStart=/usr/bin/node /opt/deedbox/dist/src/main.js ${command}\n`);
    for (const line of ['NoNewPrivileges=yes', 'ProtectSystem=strict', 'CapabilityBoundingSet=']) {
      expect(unit.split('\n')).toContain(line);
    }
  });

  it('the service is restricted in the same way where there are several', () => {
    const settingsOf = (name: string) =>
      read(`deploy/systemd/${name}`)
        .split('\n')
        .filter((line) => !/^(#|Description=)/.test(line))
        .map((line) => line.replace(' --port %i', ''));
    expect(settingsOf('deedbox@.service')).toEqual(settingsOf('deedbox.service'));
  });
});
