import { expect, it } from 'vitest';
import { onResponseEnd } from '../../src/mcp/response-end.ts';

it('closes a stream whose client does not read, and reports its end once', async () => {
  const chunk = new Uint8Array(2 ** 16);
  let produced = 0;
  let isCancelled = false;
  let ends = 0;
  const response = new Response(
    new ReadableStream<Uint8Array>({
      async pull(controller) {
        produced += 1;
        controller.enqueue(chunk);
      },
      cancel: () => void (isCancelled = true),
    }),
  );
  const { body } = onResponseEnd(response, new AbortController().signal, () => (ends += 1));
  await expect.poll(() => ends).toBe(1);
  expect(isCancelled).toBe(true);
  expect(produced).toBeLessThan(20);
  await expect(body!.getReader().read()).rejects.toThrow('does not read');
  expect(ends).toBe(1);
});

it('passes on a body that is read, whole', async () => {
  const text = 'clause '.repeat(100_000);
  let ends = 0;
  const response = new Response(text.slice(0, 2 ** 19));
  const passed = onResponseEnd(response, new AbortController().signal, () => (ends += 1));
  expect(await passed.text()).toBe(text.slice(0, 2 ** 19));
  expect(ends).toBe(1);
});
