import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StaticModel } from './learn.ts';
import { quantize, buildStaticGraph } from './static-graph.ts';
import { paddingToken, buildTokenizerConfig, buildTokenizerFile } from './tokenizer.ts';

const maxTokens = 1024;

/** Writes the model in the Hugging Face layout that transformers.js loads. */
export function writeEmbeddingModel(folder: string, model: StaticModel): void {
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  const json = (file: string, contents: object): void => {
    writeFileSync(join(folder, file), `${JSON.stringify(contents, null, 1)}\n`);
  };
  json('config.json', {
    model_type: 'bert',
    architectures: ['BertModel'],
    hidden_size: model.dimensions,
    vocab_size: model.vocabulary.length,
    pad_token_id: model.vocabulary.indexOf(paddingToken),
    max_position_embeddings: maxTokens,
  });
  json('tokenizer.json', buildTokenizerFile(model.vocabulary));
  json('tokenizer_config.json', buildTokenizerConfig(maxTokens));
  const graph = buildStaticGraph(quantize(model.table, model.dimensions));
  writeFileSync(join(folder, 'onnx', 'model_quantized.onnx'), graph);
}
