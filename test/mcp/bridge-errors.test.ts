import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import {
  insecureUrlError,
  mcpEndpoint,
  toBridgeError,
  type BridgeTarget,
} from '../../src/mcp/bridge-errors.ts';
import {
  bundleNames,
  environmentNames,
  type SettingNames,
  withFieldNames,
} from '../../src/mcp/bridge-settings.ts';
import { temporaryFolder } from '../support/cli.ts';
import { certificates } from '../support/tls-proxy.ts';

const url = 'https://deedbox.firm.example';
const target = (changed: Partial<BridgeTarget> = {}): BridgeTarget => ({
  url,
  hasKey: true,
  names: environmentNames,
  ...changed,
});
const textOf = (error: unknown, changed: Partial<BridgeTarget> = {}) => {
  const { message, hint = '' } = toBridgeError(error, target(changed));
  return `${message} ${hint}`;
};

describe('the URL of a service', () => {
  it('is /mcp under the given address, with which people end it, or not', () => {
    const paths: [string, string][] = [
      ['https://deedbox.firm.example', 'https://deedbox.firm.example/mcp'],
      ['https://deedbox.firm.example/mcp', 'https://deedbox.firm.example/mcp'],
      ['https://deedbox.firm.example/mcp/', 'https://deedbox.firm.example/mcp'],
      ['https://deedbox.firm.example//mcp//', 'https://deedbox.firm.example/mcp'],
      ['https://deedbox.firm.example/MCP', 'https://deedbox.firm.example/mcp'],
      ['https://deedbox.firm.example/mcp?x=1#y', 'https://deedbox.firm.example/mcp'],
      ['https://firm.example/deedbox/', 'https://firm.example/deedbox/mcp'],
      ['https://firm.example/deedbox/mcp/', 'https://firm.example/deedbox/mcp'],
      ['http://localhost:7331/', 'http://localhost:7331/mcp'],
      ['http://[::1]:7331', 'http://[::1]:7331/mcp'],
      ['https://ann:secret@firm.example', 'https://firm.example/mcp'],
    ];
    for (const [given, address] of paths) {
      expect(mcpEndpoint(given).href).toBe(address);
      const options = { url: given, allowHttp: false, names: environmentNames };
      expect(insecureUrlError(options)).toBeUndefined();
    }
  });

  it.each([
    'http://10.0.0.5:7331',
    'http://127.0.0.1.evil.example',
    'http://localhost@evil.example',
  ])('is not called without encryption: %s', (insecure) => {
    for (const names of [environmentNames, bundleNames]) {
      const refused = insecureUrlError({ url: insecure, allowHttp: false, names });
      expect(refused?.message).toMatch(/unencrypted/);
      expect(refused?.hint).toContain(names.allowHttp);
      expect(insecureUrlError({ url: insecure, allowHttp: true, names })).toBeUndefined();
    }
  });
});

describe('an error of the bridge', () => {
  it('is one with a text, whatever was thrown', () => {
    for (const error of [new Error('socket'), new TypeError('fetch failed'), 'x', undefined]) {
      expect(toBridgeError(error, target())).toMatchObject({
        code: 'not_ready',
        message: `No Deedbox service answers at ${url}.`,
      });
    }
  });

  const status = (code: number, body: unknown = '') =>
    new SdkHttpError(SdkErrorCode.ClientHttpUnexpectedContent, 'failed', {
      status: code,
      text: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const answers: [number, RegExp, keyof SettingNames | undefined][] = [
    [301, /redirects to another address/, 'address'],
    [308, /redirects to another address/, 'address'],
    [401, /does not accept the key/, 'key'],
    [404, /is not Deedbox \(status 404\)/, 'address'],
    [405, /is not Deedbox/, 'address'],
    [429, /just now/, undefined],
    [500, /or of the proxy in front of it/, undefined],
    [502, /proxy in front of it does not reach it/, undefined],
    [503, /just now/, undefined],
    [504, /proxy in front of it does not reach it/, undefined],
  ];

  it.each(answers)('names the field to correct, after status %s', (code, message, field) => {
    for (const names of [environmentNames, bundleNames]) {
      const text = textOf(status(code), { names });
      expect(text).toMatch(message);
      if (field) expect(text).toContain(names[field]);
      if (names === bundleNames) expect(text).not.toMatch(/DEEDBOX_|NODE_/);
    }
  });

  it('names the fields of the bundle in place of variables', () => {
    expect(withFieldNames('DEEDBOX_URL: must be x; DEEDBOX_KEY: is y; DEEDBOX_DATA: is z')).toBe(
      '“Address of the service”: must be x; “Key”: is y; DEEDBOX_DATA: is z',
    );
  });
});

describe('a certificate that is not trusted', () => {
  const untrusted = (code: string) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('tls'), { code }) });
  const byAuthority = untrusted('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  const authority = join(certificates, 'authority.pem');

  it('leads to the setting for the authority, and to what is wrong with its file', () => {
    const folder = temporaryFolder();
    const pem = readFileSync(authority, 'utf8');
    const file = (name: string, content: string | Buffer) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    mkdirSync(join(folder, 'folder'));
    const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const files: [string, RegExp][] = [
      [join(folder, 'nothing.pem'), /does not exist/],
      [join(folder, 'folder'), /is a folder/],
      [file('empty.pem', ''), /is empty/],
      [file('authority.cer', der), /binary format \(DER\)/],
      [file('damaged.pem', pem.replace(/[A-Za-z]{60}/, 'AAAA')), /damaged/],
      [file('two.pem', `${pem}\n${pem.slice(0, 60)}\n-----END CERTIFICATE-----`), /damaged/],
      [join(certificates, 'service.key'), /private key and no certificate/],
      [file('words.pem', 'the certificate'), /no certificate in the format PEM/],
      [file('utf16.pem', Buffer.from(pem, 'utf16le')), /no certificate in the format PEM/],
      [authority, /is used.*not that of the authority/],
    ];
    if (process.getuid?.() !== 0) {
      const secret = file('secret.pem', pem);
      chmodSync(secret, 0);
      files.push([secret, /may not be read by this user/]);
    }
    for (const names of [environmentNames, bundleNames]) {
      expect(textOf(byAuthority, { names })).toContain(`set ${names.authority} to`);
      for (const [authorityFile, problem] of files) {
        const text = textOf(byAuthority, { names, authorityFile });
        expect(text).toMatch(problem);
        expect(text).toContain(`${authorityFile} in ${names.authority}`);
        expect(text).not.toContain(`set ${names.authority} to`);
      }
    }
  });

  it.each([
    ['CERT_HAS_EXPIRED', /has expired/],
    ['CERT_NOT_YET_VALID', /date of this machine/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /another name.*DEEDBOX_URL/],
  ])('is not for an authority to mend: %s', (code, text) => {
    expect(textOf(untrusted(code), { authorityFile: authority })).toMatch(text);
  });
});
