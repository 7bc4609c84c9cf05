import { DeedboxError } from '../errors/errors.ts';

/** A credential is valid, and another one with more scopes would be allowed what this one is not. */
export class MissingScopeError extends DeedboxError {
  constructor(message: string, hint: string) {
    super('forbidden', message, { hint });
  }
}
