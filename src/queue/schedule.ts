import { Cron } from 'croner';
import { DeedboxError } from '../errors/errors.ts';

/** The times at which a job is added. */
export interface Schedule {
  /** A cron pattern of five fields, or of six with seconds first. */
  pattern: string;
  /** An IANA time zone name. */
  timeZone: string;
}

/** Throws `invalid_configuration` for an invalid pattern. */
export function requireSchedule({ pattern, timeZone }: Schedule): void {
  try {
    new Cron(pattern, { timezone: timeZone, paused: true }).stop();
  } catch (cause) {
    throw new DeedboxError('invalid_configuration', `"${pattern}" is not a cron pattern.`, {
      hint: 'DEEDBOX_SCHEDULE is for example "0 2 * * *" for two at night, or "off".',
      cause,
    });
  }
}

/** For BullMQ: the first time after `after`, in epoch milliseconds; the same parser as in the embedded queue. */
export function repeatStrategy(
  after: number,
  { pattern, tz }: { pattern?: string; tz?: string },
): number | undefined {
  if (pattern === undefined) return undefined;
  const times = new Cron(pattern, { timezone: tz, paused: true });
  return times.nextRun(new Date(after))?.getTime();
}

/** Calls back at each time of the schedule, in this process, until `stop()`. */
export function startSchedule(schedule: Schedule, onTime: () => void): { stop(): void } {
  requireSchedule(schedule);
  return new Cron(schedule.pattern, { timezone: schedule.timeZone }, onTime);
}
