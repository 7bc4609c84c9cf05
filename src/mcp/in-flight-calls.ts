/** The tool calls that run now, so that their services are not closed before they end. */
export class InFlightCalls {
  readonly #inFlight = new Set<Promise<unknown>>();

  async track<T>(call: Promise<T>): Promise<T> {
    this.#inFlight.add(call);
    try {
      return await call;
    } finally {
      this.#inFlight.delete(call);
    }
  }

  /** Resolves when none runs. */
  async drain(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
  }
}
