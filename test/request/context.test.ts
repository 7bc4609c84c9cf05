import { expect, it } from 'vitest';
import { localCaller } from '../../src/access/principal.ts';
import { DeedboxError } from '../../src/errors/errors.ts';
import type { AuditEvent } from '../../src/request/audit-event.ts';
import { RequestContext } from '../../src/request/context.ts';

function contextWithEvents(auditSink?: (event: AuditEvent) => void) {
  const events: AuditEvent[] = [];
  const context = new RequestContext({
    caller: localCaller({ email: 'ann@firm.example' }),
    from: { transport: 'http', address: '10.0.0.1' },
    auditSink: auditSink ?? ((event) => void events.push(event)),
  });
  return { context, events };
}

const operation = { event: 'resource', name: 'deedbox://register' } as const;

it('reports what was disclosed before it returns the result', async () => {
  const { context, events } = contextWithEvents();
  await context.audited(operation, async () => {
    context.disclosure.recordDocuments(['a']);
    expect(events).toEqual([]);
  });
  expect(events).toMatchObject([
    {
      ...operation,
      caller: { name: 'ann@firm.example' },
      from: { transport: 'http', address: '10.0.0.1' },
      disclosed: [{ document_id: 'a', spans: [] }],
    },
  ]);
});

it('reports a failure with its code and without disclosures', async () => {
  const { context, events } = contextWithEvents();
  const run = context.audited(operation, async () => {
    context.disclosure.recordDocuments(['a']);
    throw new DeedboxError('not_found', 'There is no such contract.');
  });
  await expect(run).rejects.toMatchObject({ code: 'not_found' });
  expect(events).toMatchObject([{ ...operation, error: 'not_found', disclosed: [] }]);
});

it('does not return a result that could not be reported', async () => {
  const { context } = contextWithEvents(() => {
    throw new DeedboxError('storage_error', 'The audit log cannot be written.');
  });
  await expect(context.audited(operation, async () => 'answer')).rejects.toMatchObject({
    code: 'storage_error',
  });
});

it('keeps the disclosures of two calls of one connection apart', async () => {
  const { context, events } = contextWithEvents();
  const [first, second] = [context.forCall(), context.forCall({ session: 's' })];
  first.disclosure.recordDocuments(['a']);
  second.disclosure.recordDocuments(['b']);
  await second.audit(operation);
  await first.audit(operation);
  expect(events.map(({ disclosed, from }) => [disclosed[0]!.document_id, from.session])).toEqual([
    ['b', 's'],
    ['a', undefined],
  ]);
});
