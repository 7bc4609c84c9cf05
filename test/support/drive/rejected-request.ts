import { gaxios } from 'google-auth-library';
import { expect } from 'vitest';

/** How a request that must fail was refused: its status, and the first of Google's errors. */
export async function rejectionOf(request: Promise<unknown>) {
  const error = await request.then(
    () => expect.fail('It was not refused.'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof gaxios.GaxiosError) || !error.response) throw error;
  const { error: body } = error.response.data as {
    error: { code: number; errors: { reason: string; location?: string }[] };
  };
  expect(body.code).toBe(error.response.status);
  return { status: body.code, ...body.errors[0] };
}
