import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FoldAnswer, FoldTask } from './fold-worker.ts';

const worker = fileURLToPath(new URL('./fold-worker.ts', import.meta.url));

/**
 * The answers of each fold, in order. A fold is a process, and `processes` of them run at once.
 * Rejects where one ends without an answer.
 */
export async function readFolds(
  task: Omit<FoldTask, 'fold'>,
  processes: number,
): Promise<FoldAnswer[][]> {
  const answers: FoldAnswer[][] = [];
  let next = 0;
  const runNext = async () => {
    for (let fold = next++; fold < task.folds; fold = next++) {
      answers[fold] = await readFold({ ...task, fold });
    }
  };
  await Promise.all(Array.from({ length: processes }, runNext));
  return answers;
}

function readFold(task: FoldTask): Promise<FoldAnswer[]> {
  return new Promise((resolve, reject) => {
    const child = fork(worker, [JSON.stringify(task)], { serialization: 'advanced' });
    let answer: FoldAnswer[] | undefined;
    child.once('message', (message) => (answer = message as FoldAnswer[]));
    child.once('error', reject);
    child.once('close', (code) => {
      if (answer) resolve(answer);
      else reject(new Error(`Fold ${task.fold + 1} ended with ${String(code)} and no answer.`));
    });
  });
}
