import { describe, expect, it } from 'vitest';
import { DisclosureRecorder } from '../../src/request/disclosure-recorder.ts';

const span = (start: number) => ({
  char_start: start,
  char_end: start + 10,
  page_start: 1,
  page_end: 1,
});

describe('DisclosureRecorder', () => {
  it('records each contract once, with each span once', () => {
    const recorder = new DisclosureRecorder();
    recorder.recordDocuments(['a', 'b', 'a']);
    recorder.recordSpans('a', [span(0), span(20), span(0)]);
    expect(recorder.take()).toEqual([
      { document_id: 'a', spans: [span(0), span(20)] },
      { document_id: 'b', spans: [] },
    ]);
  });

  it('records the place of a citation and never its text', () => {
    const recorder = new DisclosureRecorder();
    recorder.recordSpans('a', [{ ...span(0), text: 'secret', heading: '1 Term' } as never]);
    expect(recorder.take()).toEqual([{ document_id: 'a', spans: [span(0)] }]);
  });

  it('keeps a span that was quoted twice and removed once', () => {
    const recorder = new DisclosureRecorder();
    recorder.recordSpans('a', [span(0), span(0)]);
    recorder.retractSpans('a', [span(0)]);
    expect(recorder.take()).toEqual([{ document_id: 'a', spans: [span(0)] }]);
  });

  it('forgets a contract when its last mention and its last span are removed', () => {
    const recorder = new DisclosureRecorder();
    recorder.recordDocuments(['a']);
    recorder.recordSpans('a', [span(0)]);
    recorder.retractDocument('a');
    expect(recorder.isEmpty).toBe(false);
    recorder.retractSpans('a', [span(0)]);
    expect(recorder.isEmpty).toBe(true);
  });

  it('keeps a contract whose spans were removed and that is still named', () => {
    const recorder = new DisclosureRecorder();
    recorder.recordDocuments(['a']);
    recorder.recordSpans('a', [span(0)]);
    recorder.retractSpans('a', [span(0), span(50)]);
    expect(recorder.take()).toEqual([{ document_id: 'a', spans: [] }]);
  });

  it('is empty after its record was taken, or reset', () => {
    const recorder = new DisclosureRecorder();
    recorder.recordDocuments(['a']);
    recorder.take();
    expect(recorder.take()).toEqual([]);
    recorder.recordDocuments(['b']);
    recorder.reset();
    expect(recorder.isEmpty).toBe(true);
  });
});
