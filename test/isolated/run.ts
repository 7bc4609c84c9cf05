import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * `tsx test/isolated/run.ts NAME [OPTION…]`: runs `NAME.test.ts` of this folder, with these options of vitest, in namespaces of its own, in
 * which it may mount, and where the only network is what `network.sh` makes. As root, or as any user
 * where the kernel lets users make namespaces. Ends with 2 and one line where that is not to be had.
 */
const requiredTools: Record<string, [command: string, debian: string][]> = {
  network: [
    ['ip', 'iproute2'],
    ['strace', 'strace'],
  ],
  disk: [],
};

function exitWithMessage(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

const [name = '', ...options] = process.argv.slice(2);
const commands =
  requiredTools[name] ??
  exitWithMessage(`There is no test ${name}: ${Object.keys(requiredTools).join(', ')}.`);
if (process.platform !== 'linux')
  exitWithMessage('This test takes the namespaces of Linux; this is another system.');
const tools = [...commands, ['unshare', 'util-linux'] as const, ['mount', 'mount'] as const];
const missing = tools.filter(([command]) => spawnSync(command, ['--version']).error);
if (missing.length > 0) {
  const packages = missing.map(([, debian]) => debian).join(' ');
  exitWithMessage(
    `Missing: ${missing.map(([command]) => command).join(', ')}; \`apt-get install ${packages}\` gets it.`,
  );
}

const user = process.geteuid!() === 0 ? [] : ['--user', '--map-root-user'];
const unshareOptions = [...user, '--mount', ...(name === 'network' ? ['--net'] : [])];
if (spawnSync('unshare', [...unshareOptions, 'true']).status !== 0) {
  exitWithMessage(
    'This machine lets this user make no namespaces: run it as root, in a container with --privileged, or allow it (sysctl kernel.unprivileged_userns_clone=1; on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0).',
  );
}

const folder = import.meta.dirname;
const vitest = [
  'npx',
  'vitest',
  'run',
  '--config',
  join(folder, 'vitest.config.ts'),
  `${name}.test.ts`,
  ...options,
];
const innerCommand = name === 'network' ? ['bash', join(folder, 'network.sh'), ...vitest] : vitest;
spawn('unshare', [...unshareOptions, ...innerCommand], { stdio: 'inherit' }).once(
  'exit',
  (code) => {
    process.exitCode = code ?? 1;
  },
);
