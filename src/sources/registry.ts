import type { Command } from 'commander';
import type * as z from 'zod/v4';
import type { SourceFile } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { driveKind } from './drive/kind.ts';
import { folderKind } from './folder/kind.ts';
import type { Source } from './source.ts';
import type { SettingsReader, SourceKind, SourceLocation, SourceOptions } from './source-kind.ts';

/** The kinds of source. A text names a source of the first kind that can parse it. */
const kinds = {
  drive: driveKind,
  folder: folderKind, // last: any text may be a path
};

type KindName = keyof typeof kinds;

/** The settings of each kind, by its name above. */
export type SourceSettings = {
  [Name in KindName]: (typeof kinds)[Name] extends SourceKind<infer Settings> ? Settings : never;
};

// The same object, in the form in which the compiler relates each kind to its settings.
const registry: { readonly [Name in KindName]: SourceKind<SourceSettings[Name]> } = kinds;
const kindNames = Object.keys(kinds) as KindName[];

function kindNameOf(sourceId: string): KindName | undefined {
  return kindNames.find((name) => sourceId.startsWith(registry[name].prefix));
}

/** @throws DeedboxError `source_error` where no kind has such ids */
function requireKindName(sourceId: string): KindName {
  const name = kindNameOf(sourceId);
  if (name !== undefined) return name;
  throw new DeedboxError('source_error', `The source "${sourceId}" is of an unknown kind.`);
}

/** How sources are given on the command line, for the help texts. */
export const sourceArgumentHelp = kindNames
  .map((name) => registry[name].argumentHelp)
  .toReversed()
  .join(', or ');

/** See `SourceKind.parse`. @throws DeedboxError `source_error` where no kind takes the text */
export function parseSource(text: string): string {
  for (const name of kindNames) {
    const id = registry[name].parse(text);
    if (id !== undefined) return id;
  }
  throw noSuchSourceError(text);
}

/** @param text as the user wrote it */
export function noSuchSourceError(text: string): DeedboxError {
  const usages = kindNames.map((name) => registry[name].usage).toReversed();
  return new DeedboxError('source_error', `There is no folder or file "${text}".`, {
    hint: `Give ${usages.join(', or ')}.`,
  });
}

/** The source as a person would name it. */
export function describeSource(sourceId: string): string {
  const name = kindNameOf(sourceId);
  return name === undefined ? sourceId : registry[name].describe(sourceId);
}

/** The same in a list of sources of all kinds. */
export function describeInList(sourceId: string): string {
  const name = kindNameOf(sourceId);
  const listed = name === undefined ? undefined : registry[name].describeInList?.(sourceId);
  return listed ?? describeSource(sourceId);
}

/** See `SourceKind.emptySource`. */
export function emptySource(sourceId: string): { observation: string; hint: string } {
  const name = kindNameOf(sourceId);
  if (name !== undefined) return registry[name].emptySource(sourceId);
  return {
    observation: `${sourceId} lists no file any more`,
    hint: 'Check that Deedbox still has access to it',
  };
}

/** The commands that explain why the ACLs of files in these sources are not known, each once. */
export function checkCommands(sourceIds: readonly string[]): string[] {
  const names = new Set(sourceIds.map(kindNameOf));
  return kindNames.flatMap((name) => (names.has(name) && registry[name].checkCommand) || []);
}

/** All ids under which a source may be recorded, the given one first. */
export function aliasesOf(sourceId: string): string[] {
  return [sourceId, ...(registry[requireKindName(sourceId)].aliases?.(sourceId) ?? [])];
}

/** See `SourceKind.locate`. */
export function locateSource(
  sourceId: string,
  settings: SourceSettings,
): Promise<SourceLocation | undefined> {
  return locateAs(requireKindName(sourceId), sourceId, settings);
}

function locateAs<Name extends KindName>(name: Name, id: string, settings: SourceSettings) {
  return registry[name].locate(id, settings[name]);
}

/** See `SourceKind.rebase`. */
export function rebaseFile<T extends SourceFile>(file: T, outerSourceId: string): T {
  return registry[requireKindName(outerSourceId)].rebase(file, outerSourceId);
}

/**
 * Loads the code of all kinds. The function it resolves with makes the source of an id; it throws
 * `source_error` for an id of no kind. See `SourceKind.open`.
 */
export async function openSources(
  settings: SourceSettings,
  options: SourceOptions,
): Promise<(sourceId: string) => Source> {
  const factories = new Map(
    await Promise.all(
      kindNames.map(async (name) => [name, await openKind(name, settings, options)] as const),
    ),
  );
  return (sourceId) => factories.get(requireKindName(sourceId))!(sourceId);
}

function openKind<Name extends KindName>(
  name: Name,
  settings: SourceSettings,
  options: SourceOptions,
) {
  return registry[name].open(settings[name], options);
}

/** The environment variables of each kind, and where they are documented. */
export const sourceSettings = kindNames.map(
  (name): Omit<SettingsReader<unknown>, 'forwarded'> => registry[name].settings,
);

/** The settings of all kinds, and what is wrong with them. */
export function readSourceSettings(
  environment: NodeJS.Dict<string>,
  dataFolder: string,
): { settings: SourceSettings; issues: z.core.$ZodIssue[] } {
  const results = kindNames.map(
    (name) => [name, registry[name].settings.read(environment, dataFolder)] as const,
  );
  return {
    settings: Object.fromEntries(results.map(([name, { data }]) => [name, data])) as SourceSettings,
    issues: results.flatMap(([, { error }]) => error?.issues ?? []),
  };
}

/** The variables with which another program on this machine opens the same sources. */
export function forwardedVariables(settings: SourceSettings): Record<string, string> {
  const forward = <Name extends KindName>(name: Name) =>
    registry[name].settings.forwarded?.(settings[name]) ?? {};
  return Object.assign({}, ...kindNames.map(forward)) as Record<string, string>;
}

interface CommandServices {
  /** Throws `invalid_configuration`. */
  settings(): SourceSettings;
  /** The ids of all recorded sources. */
  sources(): Promise<string[]>;
}

/** Adds the commands of all kinds to the command line. */
export function registerSourceCommands(program: Command, services: CommandServices): void {
  for (const name of kindNames) registerCommandsOf(name, program, services);
}

function registerCommandsOf<Name extends KindName>(
  name: Name,
  program: Command,
  services: CommandServices,
): void {
  const { prefix } = registry[name];
  registry[name].registerCommands?.(program, {
    settings: () => services.settings()[name],
    recordedSources: async () =>
      (await services.sources()).filter((sourceId) => sourceId.startsWith(prefix)),
  });
}
