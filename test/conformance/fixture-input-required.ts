import { randomBytes } from 'node:crypto';
import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type InputRequiredResult,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod/v4';

/** State that comes back through the client is signed; servers of every request share the key. */
export const stateCodec = createRequestStateCodec<{ step: number }>({ key: randomBytes(32) });

type Result = CallToolResult | InputRequiredResult;

const text = (value: string): CallToolResult => ({ content: [{ type: 'text', text: value }] });
const nameForm = z.object({ name: z.string() });
const colorForm = z.object({ color: z.string() });
const okForm = z.object({ ok: z.boolean() });
const contextForm = z.object({ context: z.string() });

const ask = (message: string, requestedSchema: z.ZodObject) =>
  inputRequired.elicit({ message, requestedSchema });

const sample = (question: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: question } }],
    maxTokens,
  });

const answers = (ctx: ServerContext) => ctx.mcpReq.inputResponses;

function elicitation(ctx: ServerContext): Result {
  const answer = acceptedContent(answers(ctx), 'user_name', nameForm);
  if (answer) return text(`Hello, ${answer.name}!`);
  return inputRequired({ inputRequests: { user_name: ask('What is your name?', nameForm) } });
}

function sampling(ctx: ServerContext): Result {
  const answer = inputResponse(answers(ctx), 'capital_question');
  if (answer.kind === 'sampling') return text(JSON.stringify(answer.result.content));
  return inputRequired({
    inputRequests: { capital_question: sample('What is the capital of France?', 100) },
  });
}

function listRoots(ctx: ServerContext): Result {
  const answer = inputResponse(answers(ctx), 'client_roots');
  if (answer.kind === 'roots') return text(answer.roots.map((root) => root.uri).join(', '));
  return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
}

async function confirmed(ctx: ServerContext): Promise<Result> {
  const state = ctx.mcpReq.requestState<{ step: number }>();
  if (state && acceptedContent(answers(ctx), 'confirm', okForm)) return text('state-ok');
  return inputRequired({
    inputRequests: { confirm: ask('Please confirm', okForm) },
    requestState: await stateCodec.mint({ step: 1 }),
  });
}

async function multipleInputs(ctx: ServerContext): Promise<Result> {
  const name = acceptedContent(answers(ctx), 'user_name', nameForm);
  const greeting = inputResponse(answers(ctx), 'greeting');
  const roots = inputResponse(answers(ctx), 'client_roots');
  if (name && greeting.kind === 'sampling' && roots.kind === 'roots') {
    return text(`${name.name}: ${JSON.stringify(greeting.result.content)}, ${roots.roots.length}`);
  }
  return inputRequired({
    inputRequests: {
      user_name: ask('What is your name?', nameForm),
      greeting: sample('Generate a greeting', 50),
      client_roots: inputRequired.listRoots(),
    },
    requestState: await stateCodec.mint({ step: 1 }),
  });
}

async function rounds(ctx: ServerContext): Promise<Result> {
  const step = ctx.mcpReq.requestState<{ step: number }>()?.step ?? 0;
  const color = acceptedContent(answers(ctx), 'step2', colorForm);
  if (step === 2 && color) return text(`Your colour is ${color.color}.`);
  if (step === 1 && acceptedContent(answers(ctx), 'step1', nameForm)) {
    return inputRequired({
      inputRequests: { step2: ask('Step 2: What is your favorite color?', colorForm) },
      requestState: await stateCodec.mint({ step: 2 }),
    });
  }
  return inputRequired({
    inputRequests: { step1: ask('Step 1: What is your name?', nameForm) },
    requestState: await stateCodec.mint({ step: 1 }),
  });
}

function declaredOnly(ctx: ServerContext): Result {
  const envelope = ctx.mcpReq.envelope as Record<string, object> | undefined;
  const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? {};
  const inputRequests = {
    ...('elicitation' in declared ? { name: ask('What is your name?', nameForm) } : {}),
    ...('sampling' in declared ? { greeting: sample('Generate a greeting', 50) } : {}),
  };
  return Object.keys(inputRequests).length > 0
    ? inputRequired({ inputRequests })
    : text('The client can be asked nothing.');
}

const samplingOnly = () =>
  inputRequired({ inputRequests: { greeting: sample('Generate a greeting', 50) } });

/** The tools and the prompt that need the client's help before they can answer (2026-07-28). */
export function registerInputRequired(server: McpServer): void {
  const tools: [string, (ctx: ServerContext) => Result | Promise<Result>][] = [
    ['test_input_required_result_elicitation', elicitation],
    ['test_streaming_elicitation', elicitation],
    ['test_input_required_result_sampling', sampling],
    ['test_missing_capability', samplingOnly],
    ['test_input_required_result_list_roots', listRoots],
    ['test_input_required_result_request_state', confirmed],
    ['test_input_required_result_tampered_state', confirmed],
    ['test_input_required_result_multiple_inputs', multipleInputs],
    ['test_input_required_result_multi_round', rounds],
    ['test_input_required_result_capabilities', declaredOnly],
  ];
  for (const [name, run] of tools) {
    server.registerTool(name, { description: 'Needs the client’s help to answer' }, run);
  }
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'Needs the user’s help to be filled in' },
    (ctx) => {
      const answer = acceptedContent(answers(ctx), 'user_context', contextForm);
      if (!answer) {
        return inputRequired({
          inputRequests: {
            user_context: ask('What context should the prompt use?', contextForm),
          },
        });
      }
      return {
        messages: [{ role: 'user', content: { type: 'text', text: `Context: ${answer.context}` } }],
      };
    },
  );
}
