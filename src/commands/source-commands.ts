import type { Command } from 'commander';
import type { Config } from '../settings/config.ts';
import { registerSourceCommands } from '../sources/registry.ts';

/** The commands of the kinds of source, such as `deedbox drive …`. */
export function sourceCommands(program: Command, config: () => Config): void {
  registerSourceCommands(program, {
    settings: () => config().sources,
    async sources() {
      const [{ openWorkspace }, { hasData }] = await Promise.all([
        import('../composition/app.ts'),
        import('./existing-data.ts'),
      ]);
      if (!hasData(config())) return [];
      const workspace = await openWorkspace(config());
      try {
        return await workspace.store.sources();
      } finally {
        await workspace.close();
      }
    },
  });
}
