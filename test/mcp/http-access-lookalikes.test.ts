import { expect, it } from 'vitest';
import { onFileFinished } from '../support/clean-up.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { IdentityProviderServer } from '../support/identity-provider.ts';
import { bearer, send } from '../support/raw-http.ts';

it('signs nobody in as the person whose address theirs only looks like', async () => {
  const provider = await IdentityProviderServer.start();
  onFileFinished(() => provider.close());
  const { url } = await authenticatedService(onFileFinished, { provider });
  const signIn = async (email: string) =>
    send(`${url}/health`, { headers: bearer(await provider.token(email)) });
  expect((await signIn('Bank@Firm.Example')).status).toBe(200);
  for (const email of [
    'ban\u212A@firm.example',
    'bank@f\u0131rm.example',
    'bank\uFF20firm.example',
    'bank@firm.example ',
    'bank@firm.example\0',
    '"bank"@firm.example',
    'bank@firm.example.',
    'ba\u00ADnk@firm.example',
  ]) {
    const { status, body } = await signIn(email);
    expect([email, status]).toEqual([email, 403]);
    expect(body).toContain('does not name a person by an email address');
  }
}, 30_000);
