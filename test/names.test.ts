import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identifiersOf, wordsOf } from './support/identifiers.ts';

const root = resolve(import.meta.dirname, '..');
const everywhere = ['src', 'workers', 'test', 'training', 'bench', 'deploy'];

/**
 * Names that the code once used where the field has a term of its own. Words that are standard
 * elsewhere are retired in their own area alone.
 */
interface RetiredNames {
  area: string;
  folders: string[];
  /** Whole identifiers, as they were written. */
  names?: string;
  /** Words inside identifiers, in any case. */
  words?: string;
  /** First words of longer camelCase identifiers, in any case. */
  prefixes?: string;
}

const retired: RetiredNames[] = [
  {
    area: 'concepts',
    folders: everywhere,
    words: 'anybody asked asker askers door entrance somebody tell tells told turnstile whoever',
  },
  {
    area: 'constants',
    folders: everywhere,
    names: 'askAgain lookEvery quietLooks',
    words: 'farewell gathering patience usual',
    prefixes: 'least most',
  },
  {
    area: 'access and HTTP',
    folders: ['src/access', 'src/mcp', 'test/access', 'test/mcp'],
    names:
      'Origin Rate TooMany account answerAnybody answerScraper by CallerPages endWithCredential ' +
      'isOpen isStillAdmitted problemOf whenEnded',
    words: 'admit admitted',
  },
  {
    area: 'MCP',
    folders: ['src/mcp', 'test/mcp'],
    names:
      'Answering ChangeFeed ConcurrencyLimiter FairScheduler Held Listeners RunningCalls Turns Watcher advertise alsoNamed ' +
      'answered bound explain givenUp lessText library makeRoom narrow noteTool sendAway settled ' +
      'shorten slim standIn whereItGoes',
    words: 'face faces',
  },
  {
    area: 'store',
    folders: ['src/store', 'src/queue', 'src/domain', 'test/store', 'test/contract', 'bench'],
    names:
      'Best Judgement Library PassageWords Selection Selections assertWhole catchUp contractsNaming ' +
      'filesCalled followed hasFallenBehind incrementalSources keepPosition keepUp mayRead presentTerm readableBy ' +
      'readers removals',
    words: 'archive follower shelves twin twins',
  },
  {
    area: 'queue',
    folders: ['src/queue', 'test/queue', 'test/contract'],
    names:
      'Asked again evenly farewellMs forget interruptions look promptCounts signOfLife take ' +
      'takeOver troubledSince unsettled',
    words: 'ring rings',
  },
  {
    area: 'workers and sync',
    folders: ['workers', 'src/sync', 'src/commands', 'test/workers', 'test/sync'],
    names:
      'Batch Mended Said failsAgain followFeed following goesOn held inARow isAbandoned isLive ' +
      'isOver isWorkersOwn lasting longestTrust mended movable pace presence present putAgain ' +
      'readListing remarks retire suddenlyEmpty takeUp touched',
    words: 'restless',
  },
  {
    area: 'Drive',
    folders: ['src/sources', 'test/sources', 'test/drive', 'test/support/drive'],
    names: 'Arriving DriveView atLeast coverage framed frames isListed passing place refusal',
  },
  {
    area: 'segmentation and analysis',
    folders: ['src/segment', 'src/analyse'],
    names:
      'Described Flow Reading apart belief chunks contents cues either gap isOutdone learned ' +
      'margins matchable noise onlyFor partyKey parts places plain readable torn withWhole',
    words: 'surroundings',
  },
  {
    area: 'search',
    folders: ['src/search', 'test/search'],
    names:
      'anyDocument bearing breadth collect considered fitted focus isTelling leads meant ' +
      'prominences route standsOut strangeWords',
  },
  {
    area: 'redaction, audit and commands',
    folders: [
      'src/redact',
      'src/audit',
      'src/commands',
      'test/redact',
      'test/audit',
      'test/commands',
    ],
    names:
      'Head Masks Recent adopt followModel followSync giveToOwnerOf onDisk seal shown toldFirst ' +
      'watchWork',
  },
  {
    area: 'tests, training and benchmarks',
    folders: ['test', 'training', 'bench'],
    names: 'contrast inStep office world',
    words: 'deeds invented judged lesson lessons spreads taught testdrive workbench workplace',
  },
];

const files = everywhere.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
);

function retiredIn(file: string, source: string): string[] {
  const rules = retired
    .filter(({ folders }) => folders.some((folder) => file.startsWith(`${folder}/`)))
    .map(({ area, names, words, prefixes }) => ({
      area,
      names: new Set(names?.split(' ')),
      words: new Set(words?.split(' ')),
      prefixes: new Set(prefixes?.split(' ')),
    }));
  return identifiersOf(source).flatMap(({ name, line }) => {
    const [first = '', ...others] = wordsOf(name);
    return rules
      .filter(
        ({ names, words, prefixes }) =>
          names.has(name) ||
          [first, ...others].some((word) => words.has(word)) ||
          (others.length > 0 && !name.includes('_') && prefixes.has(first)),
      )
      .map(({ area }) => `${file}:${line}: ${name} (${area})`);
  });
}

describe('retired names', () => {
  it('are no identifiers any more', () => {
    expect(files.length).toBeGreaterThan(300);
    const found = files.flatMap((file) => retiredIn(file, readFileSync(join(root, file), 'utf8')));
    expect(found).toEqual([]);
  });

  it.each([
    ['src/mcp/http.ts', 'const isDoorOpen = true;', 'isDoorOpen'],
    ['src/mcp/http.ts', 'class Handlers {\n  #face = 1;\n}', '#face'],
    ['src/mcp/http.ts', 'const mostSessions = 2;', 'mostSessions'],
    ['src/store/store.ts', 'const { archive_id: id } = row;', 'archive_id'],
    ['src/search/context.ts', 'const text = `${route(query)} / ${1 / 2}`;', 'route'],
    ['src/queue/queue.ts', "const quote = /[/'`]/; queue.takeOver(quote);", 'takeOver'],
  ])('are found in %s: %s', (file, source, name) => {
    expect(retiredIn(file, source)).toEqual([
      expect.stringContaining(`: ${name.replace('#', '')} (`),
    ]);
  });

  it.each([
    ["const title = 'the door'; // the door"],
    ['/* the door\n   and the face */ const title = "door";'],
    ['const title = `a door ${1} a face`;'],
    ["const pattern = /door's [/] face/gi.test(title);"],
    ["const half = (1 + 2) / 2; const open = 'door' / 2;"],
  ])('may stand in strings, comments and regular expressions: %s', (source) => {
    expect(retiredIn('src/mcp/http.ts', source)).toEqual([]);
  });

  it('are retired in their area alone', () => {
    expect(retiredIn('src/mcp/bridge.ts', 'narrow(text);')).toHaveLength(1);
    expect(retiredIn('src/search/filters.ts', 'narrow(text);')).toEqual([]);
  });
});
