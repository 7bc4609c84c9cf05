import type { Access } from '../../domain/documents.ts';
import type { ScopedIndex } from '../scoped-index.ts';
import type { IndexMethod } from './messages.ts';

type Result<Method extends IndexMethod> = Awaited<ReturnType<ScopedIndex[Method]>>;

/** A scoped index whose methods run in a thread; its results are copies. */
export class ThreadedIndex implements ScopedIndex {
  readonly access: Access;
  readonly redacted = [];
  readonly onChange: ScopedIndex['onChange'];
  readonly #run: (method: IndexMethod, args: unknown[]) => Promise<unknown>;

  constructor(
    access: Access,
    run: (method: IndexMethod, args: unknown[]) => Promise<unknown>,
    onChange: ScopedIndex['onChange'],
  ) {
    this.access = access;
    this.#run = run;
    this.onChange = onChange;
  }

  documents(...args: Parameters<ScopedIndex['documents']>) {
    return this.#call('documents', args);
  }

  documentNames(...args: Parameters<ScopedIndex['documentNames']>) {
    return this.#call('documentNames', args);
  }

  text(...args: Parameters<ScopedIndex['text']>) {
    return this.#call('text', args);
  }

  clauses(...args: Parameters<ScopedIndex['clauses']>) {
    return this.#call('clauses', args);
  }

  parties(...args: Parameters<ScopedIndex['parties']>) {
    return this.#call('parties', args);
  }

  partiesByWords(...args: Parameters<ScopedIndex['partiesByWords']>) {
    return this.#call('partiesByWords', args);
  }

  documentsByParty(...args: Parameters<ScopedIndex['documentsByParty']>) {
    return this.#call('documentsByParty', args);
  }

  documentIds(...args: Parameters<ScopedIndex['documentIds']>) {
    return this.#call('documentIds', args);
  }

  searchDocuments(...args: Parameters<ScopedIndex['searchDocuments']>) {
    return this.#call('searchDocuments', args);
  }

  searchText(...args: Parameters<ScopedIndex['searchText']>) {
    return this.#call('searchText', args);
  }

  countWords(...args: Parameters<ScopedIndex['countWords']>) {
    return this.#call('countWords', args);
  }

  searchVectors(...args: Parameters<ScopedIndex['searchVectors']>) {
    return this.#call('searchVectors', args);
  }

  passages(...args: Parameters<ScopedIndex['passages']>) {
    return this.#call('passages', args);
  }

  size() {
    return this.#call('size', []);
  }

  files() {
    return this.#call('files', []);
  }

  filesByName(...args: Parameters<ScopedIndex['filesByName']>) {
    return this.#call('filesByName', args);
  }

  version() {
    return this.#call('version', []);
  }

  #call<Method extends IndexMethod>(
    method: Method,
    args: Parameters<ScopedIndex[Method]>,
  ): Promise<Result<Method>> {
    return this.#run(method, args) as Promise<Result<Method>>;
  }
}
