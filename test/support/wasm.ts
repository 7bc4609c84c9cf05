import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openWabt from 'wabt';
import { packageRoot } from '../../src/settings/config.ts';

const vectors = join(packageRoot(), 'src', 'store', 'sqlite', 'vectors');

/** The source of dot-products-module.ts, compiled from dot-products.wat. */
export async function compileModule(): Promise<string> {
  const name = 'dot-products.wat';
  const wabt = await openWabt();
  const parsed = wabt.parseWat(name, readFileSync(join(vectors, name), 'utf8'), { simd: true });
  try {
    const base64 = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
    const lines = (base64.match(/.{1,80}/g) ?? []).map((line) => `  '${line}'`).join(' +\n');
    return `/** dot-products.wat, compiled by \`npm run wasm\`. */\nconst base64 =\n${lines};\n\nexport const moduleBytes = (): Buffer => Buffer.from(base64, 'base64');\n`;
  } finally {
    parsed.destroy();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(join(vectors, 'dot-products-module.ts'), await compileModule());
}
