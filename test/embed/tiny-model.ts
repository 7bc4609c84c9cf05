import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeOnnx } from '../../training/onnx.ts';
import { buildTokenizerConfig, buildTokenizerFile } from '../../training/tokenizer.ts';

const rows: Record<string, number[]> = {
  '[PAD]': [9, 9, 9, 9],
  '[UNK]': [0, 0, 0, 0],
  alpha: [3, 0, 0, 0],
  beta: [0, 4, 0, 0],
  gamma: [0, 0, 0, 8],
  query: [0, 0, 5, 0],
  passage: [5, 0, 0, 0],
};

/** A model unlike the bundled one: its graph returns `last_hidden_state`, a row for each token. */
export function writeTinyModel(files: Record<string, object> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'deedbox-model-'));
  const vocabulary = Object.keys(rows);
  mkdirSync(join(folder, 'onnx'));
  const contents = {
    'config.json': { model_type: 'bert', hidden_size: 4, max_position_embeddings: 6 },
    'tokenizer.json': buildTokenizerFile(vocabulary),
    'tokenizer_config.json': buildTokenizerConfig(1e9),
    ...files,
  };
  for (const [file, value] of Object.entries(contents)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), JSON.stringify(value));
  }
  const graph = encodeOnnx({
    name: 'tiny',
    inputs: [{ name: 'input_ids', type: 'int64', shape: ['batch', 'tokens'] }],
    outputs: [{ name: 'last_hidden_state', type: 'float', shape: ['batch', 'tokens', 4] }],
    constants: [
      {
        name: 'table',
        type: 'float',
        shape: [vocabulary.length, 4],
        data: Float32Array.from(Object.values(rows).flat()),
      },
    ],
    operations: [
      { type: 'Gather', inputs: ['table', 'input_ids'], outputs: ['last_hidden_state'] },
    ],
  });
  writeFileSync(join(folder, 'onnx', 'model.onnx'), graph);
  return folder;
}
