import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFields } from '../../src/mcp/bridge-settings.ts';
import { packageRoot } from '../../src/settings/config.ts';
import { tools } from '../../src/mcp/tools/tools.ts';

export const entryPoint = 'server/index.js';

export interface PackageFile {
  name: string;
  version: string;
  description: string;
  license: string;
  engines: { node: string };
}

export function packageFile(): PackageFile {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as PackageFile;
}

/**
 * The manifest of the bundle, after the specification of MCP bundles, version 0.3.
 * @see https://github.com/modelcontextprotocol/mcpb/blob/main/MANIFEST.md
 */
export function manifest({ name, version, license, engines }: PackageFile) {
  return {
    manifest_version: '0.3',
    name,
    display_name: 'Deedbox',
    version,
    description: "Asks your organisation's own Deedbox about its contracts, with proof.",
    long_description:
      "A bridge between Claude and the Deedbox service of your organisation. Claude finds the organisation's " +
      'contracts, their clauses and deadlines, and quotes them verbatim with page and place. You need the ' +
      'address of the service and a key, both from your Deedbox administrator. The bridge holds no ' +
      'contract and calls that address alone; what it answers goes to Claude.',
    author: { name: 'Deedbox' },
    license,
    icon: 'icon.png',
    keywords: ['contracts', 'legal', 'search', 'clauses'],
    server: {
      type: 'node',
      entry_point: entryPoint,
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/${entryPoint}`],
        env: {
          DEEDBOX_URL: '${user_config.address}',
          DEEDBOX_KEY: '${user_config.key}',
          DEEDBOX_ALLOW_HTTP: '${user_config.allow_http}',
          NODE_EXTRA_CA_CERTS: '${user_config.authority}',
          // a Node.js that knows it trusts whom the machine trusts
          NODE_USE_SYSTEM_CA: '1',
        },
      },
    },
    user_config: {
      address: {
        type: 'string',
        title: bundleFields.address,
        description: 'Such as https://deedbox.firm.example (DEEDBOX_URL)',
        required: true,
      },
      key: {
        type: 'string',
        title: bundleFields.key,
        description: 'Begins with dbx_; made by `deedbox key create` (DEEDBOX_KEY)',
        sensitive: true,
        required: true,
      },
      authority: {
        type: 'file',
        title: bundleFields.authority,
        description:
          'A PEM file; only where the service is not trusted without it (NODE_EXTRA_CA_CERTS)',
        required: false,
        default: '',
      },
      allow_http: {
        type: 'boolean',
        title: bundleFields.allowHttp,
        description:
          'Only where the network itself is encrypted: key and contracts travel readable (DEEDBOX_ALLOW_HTTP)',
        required: false,
        default: false,
      },
    },
    tools: tools.map((tool) => ({ name: tool.name, description: tool.description })),
    // without a service there is one that says why, and prompts are listed by the service
    tools_generated: true,
    prompts_generated: true,
    compatibility: {
      platforms: ['darwin', 'win32', 'linux'],
      runtimes: { node: engines.node },
    },
  };
}
