/** What the checks ask of a client, however it is called there. */
export interface ClientSession {
  serverName(): string | undefined;
  /** The version of the protocol that it agreed on with the service, or with what stands between them. */
  protocolVersion(): string | undefined;
  toolNames(): Promise<string[]>;
  call(
    name: string,
    args: Record<string, unknown>,
    options?: { signal?: AbortSignal; onprogress?: () => void },
  ): Promise<ToolAnswer>;
  resourceUris(): Promise<string[]>;
  templateUris(): Promise<string[]>;
  readResource(uri: string): Promise<string>;
  promptNames(): Promise<string[]>;
  prompt(name: string, args: Record<string, string>): Promise<string>;
  complete(prompt: string, argument: string, value: string): Promise<string[]>;
  subscribe(uri: string): Promise<void>;
  /** The URIs of which it was told that they have changed. */
  readonly updates: string[];
  close(): Promise<void>;
}

export interface ToolAnswer {
  isError: boolean;
  text: string;
  structured: Record<string, unknown> | undefined;
}

/** The part of `Client` that both SDKs have, but for its calls with options. */
export interface CommonClient {
  getServerVersion(): { name: string } | undefined;
  listTools(): Promise<{ tools: { name: string }[] }>;
  listResources(): Promise<{ resources: { uri: string }[] }>;
  listResourceTemplates(): Promise<{ resourceTemplates: { uriTemplate: string }[] }>;
  readResource(params: { uri: string }): Promise<unknown>;
  listPrompts(): Promise<{ prompts: { name: string }[] }>;
  getPrompt(params: { name: string; arguments: Record<string, string> }): Promise<unknown>;
  complete(params: object): Promise<{ completion: { values: string[] } }>;
  close(): Promise<void>;
}

/** The calls of a client that are the same in both SDKs. */
export function commonCalls(client: CommonClient) {
  return {
    serverName: () => client.getServerVersion()?.name,
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    resourceUris: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    templateUris: async () =>
      (await client.listResourceTemplates()).resourceTemplates.map(
        ({ uriTemplate }) => uriTemplate,
      ),
    readResource: async (uri: string) => JSON.stringify(await client.readResource({ uri })),
    promptNames: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    prompt: async (name: string, args: Record<string, string>) =>
      JSON.stringify(await client.getPrompt({ name, arguments: args })),
    async complete(prompt: string, argument: string, value: string) {
      const ref = { type: 'ref/prompt', name: prompt };
      const { completion } = await client.complete({ ref, argument: { name: argument, value } });
      return completion.values;
    },
    close: () => client.close(),
  };
}

/** A result of either SDK. */
export function toolAnswer(result: {
  isError?: boolean | undefined;
  content?: unknown;
  structuredContent?: unknown;
}): ToolAnswer {
  return {
    isError: result.isError === true,
    text: JSON.stringify(result.content),
    structured: result.structuredContent as Record<string, unknown> | undefined,
  };
}

/** What an error of a client says; SDK 2.x has the answer of the service in its data. */
export const errorText = (error: unknown) =>
  `${String(error)} ${JSON.stringify((error as { data?: unknown }).data) ?? ''}`;
