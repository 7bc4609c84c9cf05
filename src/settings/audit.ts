import * as z from 'zod/v4';
import { count, flag } from './kinds.ts';

/** The settings of the audit log and of metrics; part of the environment. */
export const auditEnvironment = {
  DEEDBOX_AUDIT: z.enum(['off', 'on', 'required']).optional().meta({
    description:
      'Whether each answer is recorded. With `required` an answer that cannot be recorded is withheld; with `on` it is returned and the service log has a warning.',
    unset: '`required` for callers with a key or a token, `on` for others',
  }),
  DEEDBOX_AUDIT_QUERIES: flag
    .default(false)
    .describe('Also records the arguments: queries, names, filters.'),
  DEEDBOX_AUDIT_FILE_MB: count(1, 1024)
    .default(64)
    .describe('Size from which a new file of the audit log is begun.'),
  DEEDBOX_AUDIT_RETENTION_DAYS: count(1, 36_500).optional().meta({
    description: 'Days after which files of the audit log are removed.',
    unset: 'kept',
  }),
  DEEDBOX_METRICS_KEY: z
    .string()
    .regex(/^[A-Za-z0-9._~+/=-]{24,}$/, 'must have 24 letters or digits at least')
    .optional()
    .describe('Key with which a monitoring system reads `/metrics`; at least 24 characters.'),
};

type Environment = z.output<z.ZodObject<typeof auditEnvironment>>;

/** The audit settings of the configuration. */
export function auditSettings(env: Environment) {
  return {
    /** By default `required` for callers who sign in, and `on` for others. */
    mode: env.DEEDBOX_AUDIT,
    queries: env.DEEDBOX_AUDIT_QUERIES,
    metricsKey: env.DEEDBOX_METRICS_KEY,
    retentionDays: env.DEEDBOX_AUDIT_RETENTION_DAYS,
    maxBytes: env.DEEDBOX_AUDIT_FILE_MB * 1024 * 1024,
  };
}
