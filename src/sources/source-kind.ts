import type { Command } from 'commander';
import * as z from 'zod/v4';
import type { SourceFile } from '../domain/documents.ts';
import type { Source } from './source.ts';

/**
 * A kind of source, such as folders or Google Drive. Everything outside of `src/sources` that depends
 * on the kind of a source goes through this interface. To add a kind, write a folder beside this
 * file and add one line to `registry.ts`. What only some commands need is imported on demand, so that
 * reading the configuration loads no client library.
 */
export interface SourceKind<Settings> {
  /** How the id of each source of this kind begins, e.g. `drive:`. */
  readonly prefix: string;
  /** How a source is given on the command line; continues "Give …". */
  readonly usage: string;
  /** The same in a few words, for the help texts. */
  readonly argumentHelp: string;
  /** The command that explains why the ACLs of some files are not known. */
  readonly checkCommand?: string;
  readonly settings: SettingsReader<Settings>;

  /**
   * The id of the source that a path, address or id names; undefined where `text` has another form.
   * Sends nothing.
   * @throws DeedboxError `source_error` where `text` has the form of this kind but is wrong
   */
  parse(text: string): string | undefined;

  /** Other ids under which the same source may be recorded. */
  aliases?(sourceId: string): string[];

  /** The source as a person would name it. */
  describe(sourceId: string): string;

  /** The same in a list of sources of all kinds; `describe` where it is absent. */
  describeInList?(sourceId: string): string;

  /** The error for a source that lists no file, though it did before. */
  emptySource(sourceId: string): { observation: string; hint: string };

  /**
   * Finds the source, and where it lies among the others of its kind; undefined where it does not exist.
   * @throws DeedboxError `source_error` with what to do, `not_signed_in`
   */
  locate(sourceId: string, settings: Settings): Promise<SourceLocation | undefined>;

  /** A recorded file of a source as `outerSourceId`, a source that contains that one, lists it. */
  rebase<T extends SourceFile>(file: T, outerSourceId: string): T;

  /**
   * Loads the code of this kind. The function it resolves with makes the source of an id; all sources
   * made by one function share their connection. Nothing is sent before a source is used.
   */
  open(settings: Settings, options: SourceOptions): Promise<(sourceId: string) => Source>;

  /** Adds the commands of this kind to the command line. */
  registerCommands?(program: Command, context: CommandContext<Settings>): void;
}

/** What every source needs to know. */
export interface SourceOptions {
  /** Lower-case extensions, with their dot, of the files that can be read. */
  extensions: readonly string[];
  /** Media types of the files that can be read, for those whose names have no such extension. */
  mediaTypes: readonly string[];
  /** Where copies are kept while they are read; created when needed. */
  tempFolder: string;
}

/** Where a source lies among the others of its kind. */
export interface SourceLocation {
  /** The id under which the source is recorded. */
  id: string;
  /** Whether the other source contains all of this one. */
  isContainedIn(otherId: string): boolean;
  /** Whether this source contains all of the other. */
  contains(otherId: string): Promise<boolean>;
}

export interface CommandContext<Settings> {
  /** Throws `invalid_configuration`. */
  settings: () => Settings;
  /** The ids of the recorded sources of this kind. */
  recordedSources: () => Promise<string[]>;
}

/** Reads the settings of one kind from the environment. */
export interface SettingsReader<Settings> {
  /** The title of their section in docs/settings.md, and the page there that explains them. */
  readonly title: string;
  readonly page: string;
  /** The schemas of the environment variables, each with a description. */
  readonly shape: z.ZodRawShape;
  read(environment: NodeJS.Dict<string>, dataFolder: string): z.ZodSafeParseResult<Settings>;
  /** The variables with which another program on this machine opens the same sources. */
  forwarded?(settings: Settings): Record<string, string>;
}

/** @param toSettings makes the settings from the validated variables */
export function readerOf<Shape extends z.ZodRawShape, Settings>(
  shape: Shape,
  toSettings: (variables: z.output<z.ZodObject<Shape>>, dataFolder: string) => Settings,
): Pick<SettingsReader<Settings>, 'shape' | 'read'> {
  return {
    shape,
    read: (environment, dataFolder) =>
      z
        .object(shape)
        .transform((variables) => toSettings(variables, dataFolder))
        .safeParse(environment),
  };
}
