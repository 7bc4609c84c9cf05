import { DeedboxError } from '../errors/errors.ts';
import type { Store } from '../store/store.ts';

/**
 * When the permissions of all sources were last known, ISO: the oldest `permissionsAsOf`. Undefined
 * where a source was never listed completely, or there is none.
 */
export async function permissionsAsOf(
  store: Pick<Store, 'sources' | 'sourceCheckpoint'>,
): Promise<string | undefined> {
  return oldestOf(store, await store.sources());
}

async function oldestOf(
  store: Pick<Store, 'sourceCheckpoint'>,
  sources: string[],
): Promise<string | undefined> {
  const checkpoints = await Promise.all(sources.map((id) => store.sourceCheckpoint(id)));
  let oldest: string | undefined;
  for (const { permissionsAsOf: time } of checkpoints) {
    if (time === undefined) return undefined;
    if (oldest === undefined || time < oldest) oldest = time;
  }
  return oldest;
}

/**
 * Throws `not_ready` where the permissions of a source were last read longer than `maxAgeMs` ago, or
 * never: a person might then be shown what they may no longer read.
 */
export async function requireFreshPermissions(
  store: Pick<Store, 'sources' | 'sourceCheckpoint'>,
  maxAgeMs: number,
): Promise<void> {
  const sources = await store.sources();
  if (sources.length === 0) return; // nothing can be shown
  const asOf = await oldestOf(store, sources);
  if (asOf !== undefined && Date.now() - Date.parse(asOf) <= maxAgeMs) return;
  const since = asOf === undefined ? 'were not read yet' : `were last read at ${asOf}`;
  const minutes = Math.round(maxAgeMs / 60_000);
  throw new DeedboxError(
    'not_ready',
    `The permissions of the contracts ${since}; this service answers persons for ${minutes} minutes after that.`,
    {
      retryable: true,
      hint: 'They are read by the next sync. If it does not come, your administrator finds the reason with `deedbox status`.',
    },
  );
}
