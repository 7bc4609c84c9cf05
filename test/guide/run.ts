import { commandBlocks } from './blocks.ts';
import { Machine, missingForMachine } from './machine.ts';

/**
 * `npm run test:guide`: follows "Without containers" of docs/operations.md word by word on a copy of this
 * machine, with systemd, and checks what it leads to. Ends with 2 and one line where the machine allows none.
 * `npm ci` is replaced by the packages of this checkout, and apt-get by what this machine has; with
 * GUIDE_INSTALL=true both are run, which takes minutes. GUIDE_ROOT: see prepare.sh.
 */
const missing = missingForMachine();
if (missing !== undefined) {
  process.stderr.write(`test:guide is not run: ${missing}.\n`);
  process.exit(2);
}

const installs = process.env['GUIDE_INSTALL'] === 'true';
const blocks = commandBlocks('## Without containers');
const isInstallation = (block: string) => /^(apt-get|mkdir|useradd)/.test(block);
const [installation, operation] = [
  blocks.filter(isInstallation),
  blocks.filter((block) => !isInstallation(block)),
];

/** Stands in for what needs the network, and says so. */
const standIns = `
apt-get() { echo "(not run: apt-get $*)"; }
npm() {
  if [ "$1" = ci ]; then
    echo "(not run: npm ci; the packages of the checkout are used)"
    mkdir -p node_modules /root/empty
    # not a bind mount, which systemd would unmount, as it sees no device for it
    mount -t overlay overlay -o lowerdir=/mnt/checkout/node_modules:/root/empty node_modules
  else command npm "$@"; fi
}
`;

/** Shell commands that fail where something is not as the guide promises, by what they check. */
const checks: Record<string, string> = {
  'the service knows the settings as a shell reads them': `
    pid=$(systemctl show --property=MainPID --value deedbox)
    tr '\\0' '\\n' </proc/$pid/environ | grep -E '^(DEEDBOX|REDIS|CONTRACTS)' | sort >/tmp/of-systemd
    (set -a; . /etc/deedbox/deedbox.env; env | grep -E '^(DEEDBOX|REDIS|CONTRACTS)' | sort) >/tmp/of-a-shell
    diff /tmp/of-systemd /tmp/of-a-shell`,
  'new contracts are read by the workers': `
    install -m 0640 -o root -g deedbox /opt/deedbox/samples/contracts/NDAs/* /srv/contracts/
    for try in $(seq 60); do
      if deedbox status --json | grep -q '"indexed": *[5-9]'; then break; fi; sleep 1
    done
    deedbox search "Which law governs?" | grep -q page`,
  'no process of the units was killed': `
    for unit in deedbox deedbox-worker@1 deedbox-worker@2; do
      [ "$(systemctl show --property=NRestarts --value $unit)" = 0 ]
    done`,
  'processes that read files have no network': `
    worker=$(systemctl show --property=MainPID --value deedbox-worker@1)
    of_worker=$(readlink /proc/$worker/ns/net)
    readers=$(pgrep -u deedbox -f reading/reader-child)
    for reader in $readers; do [ "$(readlink /proc/$reader/ns/net)" != "$of_worker" ]; done`,
  'the journal names no contract': `
    journalctl --no-pager -u deedbox -u 'deedbox-worker@*' >/tmp/journal
    grep -q 'the service began' /tmp/journal
    ! grep -iE 'Corvane|Ostrevik|Tarnholt|Non-?Disclosure' /tmp/journal`,
  'nothing of the data folder belongs to another user, and there is no second one': `
    [ -z "$(find /var/lib/deedbox ! -user deedbox)" ]
    [ ! -e /root/.deedbox ]
    [ "$(stat -c %a /var/lib/deedbox)" = 700 ]`,
  'the wrapper refuses other users, and ignores their settings': `
    ! runuser -u nobody -- deedbox status 2>/tmp/refused
    grep -q 'run it as root' /tmp/refused
    DEEDBOX_DATA=/tmp/other DEEDBOX_PERSON=nobody@firm.example deedbox status >/dev/null
    [ ! -e /tmp/other ]`,
  'without a key nothing is answered, and /metrics needs its key': `
    ask() { curl -s -o /dev/null -w '%{http_code}' --cacert /etc/deedbox/tls/cert.pem --resolve deedbox.firm.example:443:127.0.0.1 "https://deedbox.firm.example$1"; }
    [ "$(ask /mcp)" = 401 ]; [ "$(ask /metrics)" = 401 ]; [ "$(ask /health)" = 404 ]; [ "$(ask /else)" = 404 ]`,
  'the limits of nginx fit an office behind one address, and answer 429 beyond': `
    cat >/tmp/office.mjs <<'END'
    import { request, Agent } from 'node:https';
    const agent = new Agent({ rejectUnauthorized: false, keepAlive: true, maxSockets: 100 });
    const ask = () => new Promise((resolve) => request({ agent, host: '127.0.0.1', path: '/health/live',
      headers: { host: 'deedbox.firm.example' } }, (response) => {
        response.resume(); response.on('end', () => resolve([response.statusCode, response.headers['retry-after']]));
      }).on('error', (error) => resolve([error.code])).end());
    const count = async (n) => {
      const found = {};
      for (const [status, after] of await Promise.all(Array.from({ length: n }, ask)))
        found[status + (after ? ' retry-after' : '')] = (found[status + (after ? ' retry-after' : '')] ?? 0) + 1;
      return found;
    };
    const office = await count(500);
    const flood = await count(6000);
    console.log(JSON.stringify({ office, flood }));
    const isAsPromised = office[200] === 500 && flood['429 retry-after'] > 0 &&
      Object.keys(flood).every((one) => one === '200' || one === '429 retry-after');
    process.exit(isAsPromised ? 0 : 1);
END
    node /tmp/office.mjs`,
  'the lines of the crontab work': `
    cat /etc/cron.d/deedbox | grep -E '^[0-9*]' | while read -r m h d mon dow user command; do
      echo "$user: $command"
      env -i PATH="$(sed -n 's/^PATH=//p' /etc/cron.d/deedbox)" HOME=/root SHELL=/bin/sh \\
        sh -c "$(printf '%s' "$command" | sed 's/\\\\%/%/g')" </dev/null
    done
    ls /var/backups/deedbox/*/manifest.json
    [ -z "$(find /var/backups/deedbox ! -user deedbox)" ]`,
  'a restart loses nothing': `
    systemctl restart deedbox 'deedbox-worker@*'
    curl -sf --retry 30 --retry-delay 1 --retry-all-errors http://127.0.0.1:7331/health/ready
    deedbox search "Which law governs?" | grep -q page`,
  'two services answer behind the proxy, and one may restart': `
    systemctl disable --now deedbox
    systemctl enable --now deedbox@7331 deedbox@7332
    sed -i -e 's/#hash/hash/' -e 's/#server 127/server 127/' /etc/nginx/conf.d/deedbox.conf
    nginx -t && systemctl reload nginx
    ready() { curl -sf --retry 30 --retry-delay 1 --retry-all-errors -o /dev/null http://127.0.0.1:$1/health/ready; }
    ready 7331; ready 7332
    systemctl restart deedbox@7331 &
    for try in $(seq 20); do
      curl -sf -o /dev/null --cacert /etc/deedbox/tls/cert.pem --resolve deedbox.firm.example:443:127.0.0.1 \\
        -H "Authorization: Bearer $(cat /root/deedbox-key)" https://deedbox.firm.example/health/live; sleep 0.2
    done
    wait; ready 7331`,
};

const machine = new Machine();
const failed: string[] = [];
let passed = 0;
const settle = (what: string, isRight: boolean) => {
  if (isRight) passed += 1;
  else failed.push(what);
};
const report = (line: string) => void process.stdout.write(`\n== ${line}\n`);
try {
  await machine.prepare();
  report('the guide, until systemd is needed');
  const steps = [
    'set -euo pipefail',
    'cd /root/deedbox',
    installs ? '' : standIns,
    ...installation,
  ];
  settle('the installation', machine.installs(steps.join('\n')) === 0);
  if (failed.length === 0) {
    await machine.boot();
    report('the guide, with systemd');
    const { code, output } = machine.run(['cd /opt/deedbox', ...operation].join('\n'));
    settle('the commands of the guide', code === 0);
    settle('Redis answers', /^PONG$/m.test(output));
    settle('the service answers', /"serverInfo":\{"name":"deedbox"/.test(output));
    for (const [promise, script] of failed.length === 0 ? Object.entries(checks) : []) {
      report(promise);
      settle(promise, machine.run(script).code === 0);
    }
    if (failed.length > 0) machine.run('journalctl --no-pager -n 60 -o cat | cut -c1-400');
  }
} finally {
  await machine.close();
}
process.stdout.write(failed.map((one) => `FAILED: ${one}\n`).join(''));
process.stdout.write(`\n${passed} passed, ${failed.length} failed\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
