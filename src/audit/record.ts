/** What is written down of one answer. Text of a contract is never part of it. */
export interface AuditRecord {
  /** What was asked. */
  event:
    | 'tool'
    | 'resource'
    | 'resource_list'
    | 'prompt'
    | 'completion'
    /** That a document changed, told to one who subscribed to it. */
    | 'notice'
    | 'page'
    /** On this machine's command line. */
    | 'command';
  /** The tool's, prompt's, completion's or command's name, or the address. */
  name: string;
  who: {
    /** How it was found out who this is; `none` where nobody signs in. */
    by: 'key' | 'token' | 'none';
    /** Equal for the same principal and for no other, e.g. `key:` and the id of the key. */
    id: string;
    /** Of the key, or the subject of the token. */
    name: string;
    /** In whose name was read; undefined for one who reads everything. */
    person?: string;
    /** The user of this machine, where the client started the process. */
    os_user?: string;
  };
  from: {
    transport: 'stdio' | 'http' | 'command_line';
    address?: string;
    session?: string;
  };
  /** `ok`, or the code of what went wrong. */
  outcome: string;
  milliseconds: number;
  disclosed: DisclosedDocument[];
  /** What was asked with, where that is configured. */
  arguments?: unknown;
}

/** Of which contract an answer told, and what of its text it held. */
export interface DisclosedDocument {
  document_id: string;
  /** None where only facts of it were told: its title, parties, dates. */
  spans: DisclosedSpan[];
}

/** Offsets in the stored text, in UTF-16 code units; the end is exclusive. */
export interface DisclosedSpan {
  char_start: number;
  char_end: number;
  page_start?: number;
  page_end?: number;
}
