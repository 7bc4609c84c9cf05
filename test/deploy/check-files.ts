import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm run test:deploy`: has each file of deploy read by the program that it is for, where this machine has that
 * program. Ends with 1 where one of them finds something, and with 2 where a program is missing.
 */
const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'deedbox-deploy-'));

interface Check {
  what: string;
  /** The program, and the package of Debian that has it. */
  command: string;
  debian: string;
  run: () => SpawnSyncReturns<string>;
}

function run(command: string, args: string[], env: Record<string, string> = {}) {
  return spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 60_000,
  });
}

/** nginx.conf in a configuration of its own, with a certificate and ports that any user may take. */
function checkNginx() {
  const certificate = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=x',
    ...certificate,
  ]);
  const site = readFileSync(join(root, 'deploy', 'nginx.conf'), 'utf8');
  // as it is, and with two services
  const balanced = site.replaceAll(/#(hash|server|allow) /g, '$1 ');
  for (const [name, text] of Object.entries({ site, balanced })) {
    const here = text
      .replaceAll('/etc/deedbox/tls', folder)
      .replaceAll('listen [::]:443', 'listen [::1]:443');
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (one) => `${one}_temp_path ${folder}/${one};`,
    );
    const file = join(folder, `${name}.conf`);
    writeFileSync(
      file,
      `pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${paths.join(' ')} ${here} }`,
    );
    const checked = run('nginx', ['-t', '-c', file]);
    if (checked.status !== 0) return checked;
  }
  return run('true', []);
}

/** The settings of Caddyfile for its own certificates, and for those of the firm. */
function checkCaddy() {
  const validate = (tls: string) =>
    run('caddy', ['validate', '--adapter', 'caddyfile', '--config', 'deploy/Caddyfile'], {
      DEEDBOX_SITE: 'deedbox.firm.example',
      DEEDBOX_TLS: tls,
      HOME: folder,
    });
  const own = validate('internal');
  return own.status === 0 ? validate(`${folder}/cert.pem ${folder}/key.pem`) : own;
}

/**
 * docker-compose.yml with every profile. The version of Debian 12 (1.29) does not know two keys of the
 * Compose Specification, which it is not given: the name of the project, and `create_host_path`.
 */
function checkCompose(command: string[]) {
  const copy = join(folder, 'compose');
  mkdirSync(copy);
  cpSync(join(root, 'samples', 'contracts'), join(copy, 'samples', 'contracts'), {
    recursive: true,
  });
  let text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  const [program = '', ...args] = command;
  const { stdout } = run(program, [...args, 'version', '--short']);
  if (stdout.startsWith('1.')) {
    console.log(`  (version ${stdout.trim()}: without name and create_host_path)`);
    text = text.replace(/^name: .*$/m, '').replace(/^ +bind: .*$/gm, '');
  }
  writeFileSync(join(copy, 'docker-compose.yml'), text);
  const file = ['-f', join(copy, 'docker-compose.yml'), '--profile', 'tls', 'config', '--quiet'];
  return run(program, [...args, ...file]);
}

const hasPlugin = run('docker', ['compose', 'version']).status === 0;
const units = readdirSync(join(root, 'deploy', 'systemd')).filter((name) =>
  name.endsWith('.service'),
);
const scripts = ['deploy/deedbox', 'deploy/redis/make-secrets.sh', 'deploy/systemd/deedbox.env'];

const checks: Check[] = [
  {
    what: 'the units',
    command: 'systemd-analyze',
    debian: 'systemd',
    run: () => run('systemd-analyze', ['verify', ...units.map((unit) => `deploy/systemd/${unit}`)]),
  },
  { what: 'nginx.conf', command: 'nginx', debian: 'nginx', run: checkNginx },
  { what: 'Caddyfile', command: 'caddy', debian: 'caddy', run: checkCaddy },
  {
    what: 'docker-compose.yml',
    command: hasPlugin ? 'docker' : 'docker-compose',
    debian: 'docker-compose',
    run: () => checkCompose(hasPlugin ? ['docker', 'compose'] : ['docker-compose']),
  },
  {
    what: 'scripts and settings',
    command: 'sh',
    debian: 'dash',
    run: () =>
      run('sh', ['-c', `for file in ${scripts.join(' ')}; do sh -n "$file" || exit 1; done`]),
  },
];

let [passed, failed] = [0, 0];
const missing: string[] = [];
try {
  for (const { what, command, debian, run: check } of checks) {
    if (spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0) {
      missing.push(debian);
      console.log(`not checked: ${what}, for there is no ${command}`);
      continue;
    }
    const { status, stdout, stderr } = check();
    // systemd reports what it does not know, and goes on
    const complaints = what === 'the units' ? stderr.trim() : '';
    if (status === 0 && complaints === '') passed += 1;
    else {
      failed += 1;
      console.log(`FAILED: ${what}\n${stdout}${stderr}`);
    }
    if (status === 0 && complaints === '') console.log(`checked: ${what} (${command})`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (missing.length > 0) console.log(`apt-get install --no-install-recommends ${missing.join(' ')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : missing.length > 0 ? 2 : 0;
