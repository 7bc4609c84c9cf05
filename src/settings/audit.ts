import * as z from 'zod/v4';
import { count, flag } from './kinds.ts';

/** The settings of what is written down of answers and counted; part of the environment. */
export const auditEnvironment = {
  /** `required` gives no answer that could not be written down; `on` warns; `off` writes nothing. */
  DEEDBOX_AUDIT: z.enum(['off', 'on', 'required']).default('on'),
  /** Also writes down with what was asked: queries, names, filters. */
  DEEDBOX_AUDIT_QUERIES: flag.default(false),
  /** A file of the log that has grown to it is followed by another. */
  DEEDBOX_AUDIT_FILE_MB: count(1, 1024).default(64),
  /** With which a monitoring system reads /metrics; admins may in any case. */
  DEEDBOX_METRICS_KEY: z
    .string()
    .regex(/^[A-Za-z0-9._~+/=-]{24,}$/, 'must have 24 letters or digits at least')
    .optional(),
};

type Environment = z.output<z.ZodObject<typeof auditEnvironment>>;

/** The same as the parts of the program have it. */
export function auditSettings(env: Environment) {
  return {
    mode: env.DEEDBOX_AUDIT,
    queries: env.DEEDBOX_AUDIT_QUERIES,
    metricsKey: env.DEEDBOX_METRICS_KEY,
    maxBytes: env.DEEDBOX_AUDIT_FILE_MB * 1024 * 1024,
  };
}
