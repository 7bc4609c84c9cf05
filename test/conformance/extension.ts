import type { Extension } from '../../src/mcp/server.ts';
import { registerInputRequired, stateCodec } from './fixture-input-required.ts';
import {
  completions,
  registerPrompts,
  registerResources,
  resourceUris,
} from './fixture-resources.ts';
import { registerTools } from './fixture-tools.ts';

/** What the official suite needs beside what Deedbox offers, on the same server. */
export const suiteExtension: Extension = {
  completions,
  resourceUris,
  options: { requestState: { verify: (state, ctx) => stateCodec.verify(state, ctx) } },
  register(server) {
    server.server.registerCapabilities({ logging: {} });
    registerTools(server);
    registerInputRequired(server);
    registerPrompts(server);
    return registerResources(server);
  },
};
