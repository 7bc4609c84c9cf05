import { type McpServer, type Resource, ResourceTemplate } from '@modelcontextprotocol/server';
import type { ArgumentCompleters } from '../../src/mcp/completions.ts';
import * as z from 'zod/v4';
import { pixelPng } from './media.ts';

const resources: Resource[] = [
  {
    uri: 'test://static-text',
    name: 'static-text',
    description: 'A text',
    mimeType: 'text/plain',
  },
  {
    uri: 'test://static-binary',
    name: 'static-binary',
    description: 'An image',
    mimeType: 'image/png',
  },
  {
    uri: 'test://watched-resource',
    name: 'watched-resource',
    description: 'A text to subscribe to',
    mimeType: 'text/plain',
  },
];

export const resourceUris = resources.map(({ uri }) => uri);

/** The resources that the official suite reads; returns those that belong into the list. */
export function registerResources(server: McpServer): Resource[] {
  const [plain, binary, watched] = resources as [Resource, Resource, Resource];
  server.registerResource(plain.name, plain.uri, plain, ({ href: uri }) => ({
    contents: [
      {
        uri,
        mimeType: 'text/plain',
        text: 'This is the content of the static text resource.',
      },
    ],
  }));
  server.registerResource(binary.name, binary.uri, binary, ({ href: uri }) => ({
    contents: [{ uri, mimeType: 'image/png', blob: pixelPng }],
  }));
  server.registerResource(watched.name, watched.uri, watched, ({ href: uri }) => ({
    contents: [{ uri, mimeType: 'text/plain', text: 'Watched.' }],
  }));
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'Data by id', mimeType: 'application/json' },
    ({ href: uri }, { id }) => ({
      contents: [
        {
          uri,
          mimeType: 'application/json',
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
        },
      ],
    }),
  );
  return resources;
}

const user = <C>(content: C) => ({ role: 'user' as const, content });
const text = (value: string) => user({ type: 'text' as const, text: value });

/** What the official suite completes. */
export const completions: ArgumentCompleters = {
  test_prompt_with_arguments: {
    arg1: async (_services, value) =>
      ['paris', 'park', 'party'].filter((word) => word.startsWith(value)),
  },
};

/** The prompts that the official suite gets. */
export function registerPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'Without arguments' }, () => ({
    messages: [text('This is a simple prompt for testing.')],
  }));
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'With two arguments',
      argsSchema: z.object({
        arg1: z.string().describe('First test argument'),
        arg2: z.string().describe('Second test argument'),
      }),
    },
    ({ arg1, arg2 }) => ({
      messages: [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
    }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    {
      description: 'With a resource',
      argsSchema: z.object({ resourceUri: z.string().describe('URI of the resource to embed') }),
    },
    ({ resourceUri }) => ({
      messages: [
        user({
          type: 'resource' as const,
          resource: {
            uri: resourceUri,
            mimeType: 'text/plain',
            text: 'Embedded resource content for testing.',
          },
        }),
        text('Please process the embedded resource above.'),
      ],
    }),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'With an image' }, () => ({
    messages: [
      user({ type: 'image' as const, data: pixelPng, mimeType: 'image/png' }),
      text('Please analyze the image above.'),
    ],
  }));
}
