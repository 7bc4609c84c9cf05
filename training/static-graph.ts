import { elementType, encodeOnnx } from './onnx.ts';

/** A table in eight bits: row `id` is `values[id * dimensions + k] * scales[id]`. */
export interface QuantizedTable {
  values: Int8Array;
  scales: Float32Array;
  dimensions: number;
}

/** Quantizes a table: each row is scaled so that its largest number becomes ±127. */
export function quantize(table: Float32Array, dimensions: number): QuantizedTable {
  const scales = new Float32Array(table.length / dimensions);
  const values = new Int8Array(table.length);
  for (let id = 0; id < scales.length; id++) {
    const row = table.subarray(id * dimensions, (id + 1) * dimensions);
    const scale = row.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 127;
    scales[id] = scale;
    if (scale === 0) continue;
    for (let k = 0; k < dimensions; k++) {
      values[id * dimensions + k] = Math.round(row[k]! / scale);
    }
  }
  return { values, scales, dimensions };
}

/**
 * The model as a graph: `input_ids` and `attention_mask` in, `sentence_embedding` out, which is
 * the masked mean of the rows at unit length (the mean's divisor falls out with the norm).
 */
export function buildStaticGraph({ values, scales, dimensions }: QuantizedTable): Uint8Array {
  const batch = ['batch', 'tokens'];
  return encodeOnnx({
    name: 'static_embedding',
    inputs: [
      { name: 'input_ids', type: 'int64', shape: batch },
      { name: 'attention_mask', type: 'int64', shape: batch },
    ],
    outputs: [{ name: 'sentence_embedding', type: 'float', shape: ['batch', dimensions] }],
    constants: [
      { name: 'table', type: 'int8', shape: [scales.length, dimensions], data: values },
      { name: 'scales', type: 'float', shape: [scales.length], data: scales },
      { name: 'smallest', type: 'float', shape: [], data: Float32Array.of(1e-12) },
      { name: 'token_axis', type: 'int64', shape: [1], data: BigInt64Array.of(1n) },
    ],
    operations: [
      { type: 'Gather', inputs: ['table', 'input_ids'], outputs: ['rows8'] },
      {
        type: 'Cast',
        inputs: ['rows8'],
        outputs: ['rows'],
        attributes: { to: elementType('float') },
      },
      { type: 'Gather', inputs: ['scales', 'input_ids'], outputs: ['row_scales'] },
      {
        type: 'Cast',
        inputs: ['attention_mask'],
        outputs: ['mask'],
        attributes: { to: elementType('float') },
      },
      { type: 'Mul', inputs: ['row_scales', 'mask'], outputs: ['weights'] },
      { type: 'Unsqueeze', inputs: ['weights', 'token_axis'], outputs: ['weight_rows'] },
      { type: 'MatMul', inputs: ['weight_rows', 'rows'], outputs: ['sums'] },
      { type: 'Squeeze', inputs: ['sums', 'token_axis'], outputs: ['sum'] },
      {
        type: 'ReduceL2',
        inputs: ['sum'],
        outputs: ['norm'],
        attributes: { axes: [1], keepdims: 1 },
      },
      { type: 'Max', inputs: ['norm', 'smallest'], outputs: ['safe_norm'] },
      { type: 'Div', inputs: ['sum', 'safe_norm'], outputs: ['sentence_embedding'] },
    ],
  });
}
