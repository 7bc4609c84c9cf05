import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LimitName } from '../mcp/rate-limit-error.ts';
import type { AuditEvent } from '../request/audit-event.ts';
import { countsWithTimeout } from '../queue/counts-with-timeout.ts';
import type { Queue } from '../queue/queue.ts';
import type { Store } from '../store/store.ts';
import { permissionsAsOf } from '../sync/permission-freshness.ts';

/** Seconds: most answers are quick, some wait for a sync. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface MetricsSources {
  store: Pick<Store, 'status' | 'sync' | 'sources' | 'sourceCheckpoint'>;
  queue: Pick<Queue, 'counts'>;
}

/**
 * The metrics of one service, in the format of Prometheus. Labels are names of tools, prompts, states and
 * codes, of which there is a fixed number: never a contract, a person, the URI of a resource or a query.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #calls: Counter<'event' | 'name' | 'outcome'>;
  readonly #durations: Histogram<'event' | 'name'>;
  readonly #rejections: Counter<'limit'>;
  readonly #restarts: Counter;
  readonly #sessions: Gauge;

  constructor({ store, queue }: MetricsSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    const collectFailures = new Counter({
      name: 'deedbox_metrics_failures_total',
      help: 'Failed collections of figures from the index or the queue, which are then missing',
      labelNames: ['part'],
      registers,
    });
    this.#calls = new Counter({
      name: 'deedbox_answers_total',
      help: 'Tool calls, resources, prompts and pages, by outcome (ok, or the code of the error)',
      labelNames: ['event', 'name', 'outcome'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'deedbox_answer_duration_seconds',
      help: 'Duration of calls',
      labelNames: ['event', 'name'],
      buckets,
      registers,
    });
    this.#rejections = new Counter({
      name: 'deedbox_limit_rejections_total',
      help: 'Requests that were rejected because of a limit, by limit',
      labelNames: ['limit'],
      registers,
    });
    this.#restarts = new Counter({
      name: 'deedbox_worker_restarts_total',
      help: 'Times the worker of this service ended and was started again',
      registers,
    });
    this.#sessions = new Gauge({
      name: 'deedbox_sessions',
      help: 'Open sessions of clients up to 2025-11-25',
      registers,
    });

    /** Figures that cannot be collected are missing, rather than old. */
    const gaugeByState = (
      name: string,
      help: string,
      read: () => Promise<Record<string, number>>,
    ) =>
      new Gauge({
        name,
        help,
        labelNames: ['state'],
        registers,
        async collect() {
          this.reset();
          try {
            for (const [state, value] of Object.entries(await read())) this.set({ state }, value);
          } catch {
            collectFailures.inc({ part: name });
          }
        },
      });
    const up = new Gauge({
      name: 'deedbox_queue_up',
      help: 'Whether the queue answers: 1, or 0 where files are not read until it does',
      registers: [],
      async collect() {
        this.set((await countsWithTimeout(queue)) === 'unreachable' ? 0 : 1);
      },
    });
    this.#registry.registerMetric(up);
    gaugeByState('deedbox_queue_jobs', 'Jobs of the queue by state', async () => {
      const counts = await countsWithTimeout(queue);
      if (counts === 'unreachable') throw new Error('The queue cannot be reached.');
      return { ...counts };
    });
    gaugeByState('deedbox_files', 'Files of the sources by state', async () => {
      return (await store.status()).files;
    });
    gaugeByState(
      'deedbox_last_sync_age_seconds',
      'Since the newest sync ended, by how it ended; none while one runs',
      async () => {
        const last = await store.sync();
        if (last?.finishedAt === undefined) return {};
        const age = (Date.now() - Date.parse(last.finishedAt)) / 1000;
        return { [last.state]: Math.max(0, age) };
      },
    );
    const permissionsAge = new Gauge({
      name: 'deedbox_permissions_age_seconds',
      help: 'Since the permissions of every source were last read; none before that',
      registers: [],
      async collect() {
        this.remove();
        try {
          const asOf = await permissionsAsOf(store);
          if (asOf !== undefined) this.set(Math.max(0, (Date.now() - Date.parse(asOf)) / 1000));
        } catch {
          collectFailures.inc({ part: 'deedbox_permissions_age_seconds' });
        }
      },
    });
    this.#registry.registerMetric(permissionsAge);
  }

  /** Counts one call. */
  recordCall({ event, name, milliseconds, error }: AuditEvent): void {
    const isKnown = event === 'tool' || event === 'prompt';
    const labels = { event, name: isKnown ? name : '' };
    this.#calls.inc({ ...labels, outcome: error ?? 'ok' });
    this.#durations.observe(labels, milliseconds / 1000);
  }

  /** Counts a request that was rejected because of a limit. */
  limitReached(limit: LimitName): void {
    this.#rejections.inc({ limit });
  }

  workerRestarted(): void {
    this.#restarts.inc();
  }

  /** All metrics as they are now. */
  async render(sessions: number): Promise<{ type: string; text: string }> {
    this.#sessions.set(sessions);
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
