import { accessEnvironment } from '../../src/settings/access.ts';
import { auditEnvironment } from '../../src/settings/audit.ts';
import { settingSchemas } from '../../src/settings/config.ts';
import { disclosureEnvironment } from '../../src/settings/disclosure.ts';
import { logEnvironment } from '../../src/settings/log.ts';
import { sourceSettings } from '../../src/sources/registry.ts';
import { markdownTable } from '../../src/mcp/render.ts';
import { code, jsonSchemaOf, range } from './schema.ts';

/** The sections of docs/settings.md, each with a page to read and the settings that it lists. */
const sections: { title: string; more: string; names: string[] }[] = [
  {
    title: 'Service',
    more: 'How a service is run: [operations.md](operations.md).',
    names: [
      'DEEDBOX_DATA',
      'DEEDBOX_HOST',
      'DEEDBOX_PORT',
      'DEEDBOX_SCHEDULE',
      'DEEDBOX_TIME_ZONE',
      'NODE_EXTRA_CA_CERTS',
    ],
  },
  {
    title: 'Access over HTTP',
    more: 'Keys, the identity provider, proxies and limits: [access.md](access.md).',
    names: ['DEEDBOX_URL', ...Object.keys(accessEnvironment)],
  },
  {
    title: 'People and groups',
    more: 'Who may read which contract: [permissions.md](permissions.md).',
    names: [
      'DEEDBOX_PERSON',
      'DEEDBOX_GROUPS',
      'DEEDBOX_GROUPS_FILE',
      'DEEDBOX_GROUPS_ADMIN',
      'DEEDBOX_RIGHTS_MAX_AGE',
    ],
  },
  {
    title: 'Answers',
    more: 'What limits an answer, and redaction: [data.md](data.md#limits-of-an-answer).',
    names: Object.keys(disclosureEnvironment),
  },
  {
    title: 'Audit log and metrics',
    more: 'What is recorded: [operations.md](operations.md#audit-log).',
    names: Object.keys(auditEnvironment),
  },
  {
    title: 'Log',
    more: 'Which lines there are: [operations.md](operations.md#log).',
    names: Object.keys(logEnvironment),
  },
  {
    title: 'Workers and the queue',
    more: 'Several workers, and Redis: [operations.md](operations.md#redis).',
    names: [
      'DEEDBOX_WORKERS',
      'DEEDBOX_MAX_FILE_MB',
      'DEEDBOX_PARSE_SECONDS',
      'DEEDBOX_PARSE_MEMORY_MB',
      'REDIS_URL',
      'REDIS_PASSWORD_FILE',
      'REDIS_CA_FILE',
      'DEEDBOX_LEASE_SECONDS',
      'DEEDBOX_FILES_PER_MINUTE',
    ],
  },
  ...sourceSettings.flatMap(({ title, page, shape }) => {
    const names = Object.keys(shape);
    return names.length === 0
      ? []
      : [{ title, more: `How to set it up: [${page}](${page}).`, names }];
  }),
  {
    title: 'Embedding model',
    more: 'The bundled model: [contract-embedding](../models/contract-embedding/README.md).',
    names: Object.keys(settingSchemas).filter((name) => name.startsWith('EMBEDDING_')),
  },
];

/** What a setting means: its description, and in words what is so where it is not set. */
function meaningOf(name: string): { description: string; unset?: string } {
  const { description, unset } = (settingSchemas[name]!.meta() ?? {}) as Record<
    string,
    string | undefined
  >;
  if (description === undefined) throw new Error(`${name} has no description.`);
  return { description, ...(unset !== undefined && { unset }) };
}

function defaultOf(name: string): string {
  const { unset } = meaningOf(name);
  if (unset !== undefined) return unset;
  const value = settingSchemas[name]!.safeParse(undefined).data as
    string | number | boolean | string[] | undefined;
  const text = Array.isArray(value) ? value.join(',') : `${value ?? ''}`;
  return text === '' ? '' : code(text);
}

function valuesOf(name: string): string {
  const schema = jsonSchemaOf(settingSchemas[name]!, 'input');
  const values = schema.const === undefined ? schema.enum : [schema.const];
  // a flag takes 1 and 0 too
  const spelt = values?.includes('true') ? ['true', 'false'] : values;
  return spelt?.map(code).join(', ') ?? range(schema) ?? '';
}

/** Every setting, by section. Throws where a setting is in no section, in two, or has no description. */
export function settingsTables(): string {
  const listed = sections.flatMap(({ names }) => names).sort();
  const declared = Object.keys(settingSchemas).sort();
  if (JSON.stringify(listed) !== JSON.stringify(declared)) {
    const wrong = [...new Set([...listed, ...declared])].filter(
      (name) => listed.filter((other) => other === name).length !== 1 || !(name in settingSchemas),
    );
    throw new Error(`Not in exactly one section of docs/settings.md: ${wrong.join(', ')}`);
  }
  return sections
    .map(({ title, more, names }) => {
      const rows = names.map((name) => [
        code(name),
        defaultOf(name),
        valuesOf(name),
        meaningOf(name).description,
      ]);
      return `## ${title}\n\n${more}\n\n${markdownTable(['variable', 'default', 'values', 'meaning'], rows)}`;
    })
    .join('\n\n');
}
