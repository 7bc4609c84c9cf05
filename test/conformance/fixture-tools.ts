import { setTimeout as delay } from 'node:timers/promises';
import type { CallToolResult, McpServer, ServerContext } from '@modelcontextprotocol/server';
import * as z from 'zod/v4';
import { pixelPng, silentWav } from './media.ts';

const text = (value: string): CallToolResult => ({ content: [{ type: 'text', text: value }] });
const image = { type: 'image', data: pixelPng, mimeType: 'image/png' } as const;

async function withLog(ctx: ServerContext): Promise<CallToolResult> {
  for (const line of [
    'Tool execution started',
    'Tool processing data',
    'Tool execution completed',
  ]) {
    await ctx.mcpReq.log('info', line);
    await delay(50);
  }
  return text('Logged three lines.');
}

async function withProgress(ctx: ServerContext): Promise<CallToolResult> {
  const progressToken = ctx.mcpReq._meta?.progressToken;
  for (const progress of [0, 50, 100]) {
    if (progressToken !== undefined) {
      await ctx.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress, total: 100 },
      });
    }
    await delay(50);
  }
  return text('Progress was reported.');
}

const titled = (values: string[], titles: string[]) =>
  values.map((value, index) => ({ const: value, title: titles[index]! }));
const options = ['option1', 'option2', 'option3'];
const values = ['value1', 'value2', 'value3'];

/** Asks the user through the client, as servers up to 2025-11-25 do. */
async function elicit(
  ctx: ServerContext,
  message: string,
  requestedSchema: Parameters<ServerContext['mcpReq']['elicitInput']>[0] extends infer P
    ? P extends { requestedSchema: infer S }
      ? S
      : never
    : never,
) {
  const { action, content } = await ctx.mcpReq.elicitInput({
    mode: 'form',
    message,
    requestedSchema,
  });
  return `action=${action}, content=${JSON.stringify(content ?? {})}`;
}

/** The tools that the official suite calls by name to see how results and requests travel. */
export function registerTools(server: McpServer): void {
  const tool = (
    name: string,
    description: string,
    run: (ctx: ServerContext) => CallToolResult | Promise<CallToolResult>,
  ) => server.registerTool(name, { description }, run);

  tool('test_simple_text', 'Returns a text', () =>
    text('This is a simple text response for testing.'),
  );
  tool('test_image_content', 'Returns an image', () => ({ content: [image] }));
  tool('test_audio_content', 'Returns a sound', () => ({
    content: [{ type: 'audio', data: silentWav, mimeType: 'audio/wav' }],
  }));
  tool('test_embedded_resource', 'Returns a resource', () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  }));
  tool('test_multiple_content_types', 'Returns text, image and resource', () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      image,
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: JSON.stringify({ test: 'data', value: 123 }),
        },
      },
    ],
  }));
  tool('test_error_handling', 'Fails', () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
  tool('test_tool_with_logging', 'Logs while it runs', withLog);
  tool('test_logging_tool', 'Logs while it runs', withLog);
  tool('test_tool_with_progress', 'Reports progress', withProgress);

  server.registerTool(
    'test_sampling',
    { description: 'Asks the client’s model', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, ctx) => {
      const answer = await ctx.mcpReq.requestSampling({
        messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
        maxTokens: 100,
      });
      return text(`LLM response: ${JSON.stringify(answer.content)}`);
    },
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, ctx) =>
      text(
        `User response: ${await elicit(ctx, message, {
          type: 'object',
          properties: {
            username: { type: 'string', description: "User's response" },
            email: { type: 'string', description: "User's email address" },
          },
          required: ['username', 'email'],
        })}`,
      ),
  );
  tool('test_elicitation_sep1034_defaults', 'Asks the user, with defaults', async (ctx) =>
    text(
      `Elicitation completed: ${await elicit(ctx, 'Confirm these values', {
        type: 'object',
        properties: {
          name: { type: 'string', default: 'John Doe' },
          age: { type: 'integer', default: 30 },
          score: { type: 'number', default: 95.5 },
          status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
          verified: { type: 'boolean', default: true },
        },
        required: [],
      })}`,
    ),
  );
  tool('test_elicitation_sep1330_enums', 'Asks the user to choose', async (ctx) =>
    text(
      `Elicitation completed: ${await elicit(ctx, 'Choose', {
        type: 'object',
        properties: {
          untitledSingle: { type: 'string', enum: options },
          titledSingle: {
            type: 'string',
            oneOf: titled(values, ['First Option', 'Second Option', 'Third Option']),
          },
          legacyEnum: {
            type: 'string',
            enum: ['opt1', 'opt2', 'opt3'],
            enumNames: ['Option One', 'Option Two', 'Option Three'],
          },
          untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
          titledMulti: {
            type: 'array',
            items: { anyOf: titled(values, ['First Choice', 'Second Choice', 'Third Choice']) },
          },
        },
        required: [],
      })}`,
    ),
  );
}
