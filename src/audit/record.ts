/** The record of one answer. It never contains text of a contract. */
export interface AuditRecord {
  /** The kind of request. */
  event:
    | 'tool'
    | 'resource'
    | 'resource_list'
    | 'prompt'
    | 'completion'
    /** A notification that a document changed, to a subscriber. */
    | 'notice'
    | 'page'
    /** A command on this machine. */
    | 'command';
  /** The name of the tool, prompt, completion or command, or the URI of the resource. */
  name: string;
  who: {
    /** The credential that was accepted; `none` where authentication is disabled. */
    by: 'key' | 'token' | 'none';
    /** Equal for the same caller and for no other, e.g. `key:` and the id of the key. */
    id: string;
    /** Of the key, or the email address of the token's person. */
    name: string;
    /** Whose contracts were read; absent for a caller who reads everything. */
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
  /** The arguments of the request, where that is configured. */
  arguments?: unknown;
}

/** A contract that an answer disclosed, and the spans of its text. */
export interface DisclosedDocument {
  document_id: string;
  /** Empty where only facts of it were disclosed: its title, parties, dates. */
  spans: DisclosedSpan[];
}

/** Offsets in the stored text, in UTF-16 code units; the end is exclusive. */
export interface DisclosedSpan {
  char_start: number;
  char_end: number;
  page_start?: number;
  page_end?: number;
}
