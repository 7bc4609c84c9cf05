/**
 * Jobs that wait for a place: the next one is of the owner of whom the fewest run, and among these of the
 * one who waits longest. Of each owner at most `maxRunning` run at a time.
 */
export class FairQueue<Job> {
  readonly #maxRunning: number;
  /** Owners in the order of their oldest waiting job. */
  readonly #waiting = new Map<string, Job[]>();
  readonly #running = new Map<string, number>();

  constructor(maxRunning: number) {
    this.#maxRunning = maxRunning;
  }

  add(owner: string, job: Job): void {
    const jobs = this.#waiting.get(owner);
    if (jobs) jobs.push(job);
    else this.#waiting.set(owner, [job]);
  }

  /** The next job, which counts as running until `end` is called for its owner. */
  take(): Job | undefined {
    let chosen: string | undefined;
    let fewest = this.#maxRunning;
    for (const owner of this.#waiting.keys()) {
      const running = this.#running.get(owner) ?? 0;
      if (running >= fewest) continue;
      chosen = owner;
      fewest = running;
    }
    if (chosen === undefined) return undefined;
    const jobs = this.#waiting.get(chosen)!;
    this.#waiting.delete(chosen);
    const job = jobs.shift();
    // Behind the others, so that owners take turns.
    if (jobs.length > 0) this.#waiting.set(chosen, jobs);
    this.#running.set(chosen, fewest + 1);
    return job;
  }

  end(owner: string): void {
    const running = (this.#running.get(owner) ?? 0) - 1;
    if (running > 0) this.#running.set(owner, running);
    else this.#running.delete(owner);
  }

  /** Removes all waiting jobs. */
  clear(): Job[] {
    const jobs = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    return jobs;
  }
}
