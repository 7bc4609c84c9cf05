import * as z from 'zod/v4';

/** The settings of the log; part of the environment. */
export const logEnvironment = {
  DEEDBOX_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least severe level that is logged.'),
  DEEDBOX_LOG_FORMAT: z.enum(['json', 'text']).optional().meta({
    description: 'JSON for machines, text for people.',
    unset: '`text` on a terminal, else `json`',
  }),
};

type Environment = z.output<z.ZodObject<typeof logEnvironment>>;

/** The log settings of the configuration. */
export function logSettings(env: Environment) {
  return { level: env.DEEDBOX_LOG_LEVEL, format: env.DEEDBOX_LOG_FORMAT };
}
