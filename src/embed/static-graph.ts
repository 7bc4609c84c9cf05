/** A table of token vectors in eight bits: that of token `id` is `values[id * width + k] * scales[id]`. */
export interface TokenTable {
  values: Int8Array;
  scales: Float32Array;
  width: number;
}

/**
 * The operations of the graph that `training/static-graph.ts` builds: the masked mean of the tokens' rows,
 * at unit length.
 */
const staticOperations = [
  'Gather(table, input_ids) rows8',
  'Cast(rows8) rows to 1',
  'Gather(scales, input_ids) row_scales',
  'Cast(attention_mask) mask to 1',
  'Mul(row_scales, mask) weights',
  'Unsqueeze(weights, token_axis) weight_rows',
  'MatMul(weight_rows, rows) sums',
  'Squeeze(sums, token_axis) sum',
  'ReduceL2(sum) norm axes 1 keepdims 1',
  'Max(norm, smallest) safe_norm',
  'Div(sum, safe_norm) sentence_embedding',
].join('\n');

const int8 = 3;
const float32 = 1;

/** A field of a protobuf message: a number, or bytes with what they hold. */
interface Field {
  number: number;
  value: number;
  bytes: Buffer;
}

/**
 * Reads the token table of an ONNX file.
 * @returns undefined for a graph that computes anything but a mean of the table's rows
 */
export function readTokenTable(file: Buffer): TokenTable | undefined {
  const graph = readBytes(file, 7)[0];
  if (!graph || readBytes(graph, 1).map(describeOperation).join('\n') !== staticOperations) return;
  const tensors = new Map(
    readBytes(graph, 5).map((tensor) => [String(readBytes(tensor, 8)[0]), tensor]),
  );
  const table = readTensor(tensors.get('table'), int8);
  const scales = readTensor(tensors.get('scales'), float32);
  const [rows, width] = table?.dimensions ?? [];
  // sums are computed four columns at a time
  if (!table || !scales || !rows || !width || width % 4 !== 0) return undefined;
  if (table.data.length !== rows * width || scales.data.length !== rows * 4) return undefined;
  return {
    values: new Int8Array(table.data.buffer, table.data.byteOffset, table.data.length),
    // copied, so that it is aligned
    scales: new Float32Array(Uint8Array.from(scales.data).buffer),
    width,
  };
}

function readTensor(tensor: Buffer | undefined, type: number) {
  if (!tensor || readNumbers(tensor, 2)[0] !== type) return undefined;
  return { dimensions: readNumbers(tensor, 1), data: readBytes(tensor, 9)[0] ?? Buffer.of() };
}

/** "Cast(rows8) rows to 1": an operation with its inputs, outputs and attributes. */
function describeOperation(node: Buffer): string {
  const readText = (message: Buffer, number: number) => readBytes(message, number).join(', ');
  const attributes = readBytes(node, 5).map((attribute) => {
    const numbers = [...readNumbers(attribute, 3), ...readNumbers(attribute, 8)];
    return ` ${readText(attribute, 1)} ${numbers.join(' ')}`;
  });
  return `${readText(node, 4)}(${readText(node, 1)}) ${readText(node, 2)}${attributes.join('')}`;
}

const readBytes = (message: Buffer, number: number): Buffer[] =>
  [...readFields(message)].flatMap((field) => (field.number === number ? [field.bytes] : []));

/** The numbers of a field, whether each is a field of its own or all are packed in one. */
const readNumbers = (message: Buffer, number: number): number[] =>
  [...readFields(message)].flatMap((field) => {
    if (field.number !== number) return [];
    return field.bytes.length > 0 ? readPacked(field.bytes) : [field.value];
  });

function readPacked(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const [value, end] = readVarint(bytes, at);
    found.push(value);
    at = end;
  }
  return found;
}

/** The fields of a message that are numbers or have bytes; others end it, as none is in these messages. */
function* readFields(message: Buffer): Generator<Field> {
  for (let at = 0; at < message.length;) {
    const [key, start] = readVarint(message, at);
    const [value, next] = readVarint(message, start);
    const [number, type] = [key >> 3, key & 7];
    if (type !== 0 && type !== 2) return;
    at = type === 2 ? next + value : next;
    yield { number, value, bytes: message.subarray(next, at) };
  }
}

/** A number of variable length, and where it ends. */
function readVarint(bytes: Buffer, start: number): [value: number, end: number] {
  let value = 0;
  let at = start;
  for (let factor = 1; at < bytes.length; factor *= 128) {
    const byte = bytes[at++]!;
    value += (byte & 127) * factor;
    if (byte < 128) break;
  }
  return [value, at];
}
