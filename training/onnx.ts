import protobuf from 'protobufjs';

/** The part of ONNX's protobuf schema (onnx.proto, IR version 8) that a small graph needs. */
const schema = `
  syntax = "proto3";
  message ModelProto {
    int64 ir_version = 1; string producer_name = 2; GraphProto graph = 7;
    repeated OperatorSetIdProto opset_import = 8;
  }
  message OperatorSetIdProto { string domain = 1; int64 version = 2; }
  message GraphProto {
    repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
  }
  message NodeProto {
    repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
    repeated AttributeProto attribute = 5;
  }
  message AttributeProto { string name = 1; int64 i = 3; repeated int64 ints = 8; int32 type = 20; }
  message TensorProto { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message ValueInfoProto { string name = 1; TypeProto type = 2; }
  message TypeProto { Tensor tensor_type = 1; message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; } }
  message TensorShapeProto { repeated Dimension dim = 1; message Dimension { int64 dim_value = 1; string dim_param = 2; } }
`;
const modelProto = protobuf.parse(schema, { keepCase: true }).root.lookupType('ModelProto');

const elementTypes = { float: 1, int8: 3, int64: 7 } as const;
export type ElementType = keyof typeof elementTypes;

/** An operation of a graph: names of its inputs and outputs, and its integer attributes. */
export interface Operation {
  type: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, number | number[]>;
}

/** A constant of the graph, or, with names for open dimensions, an input or output. */
export interface Constant {
  name: string;
  type: ElementType;
  shape: number[];
  data: Float32Array | Int8Array | BigInt64Array;
}

export interface Port {
  name: string;
  type: ElementType;
  shape: (number | string)[];
}

export interface Graph {
  name: string;
  operations: Operation[];
  constants: Constant[];
  inputs: Port[];
  outputs: Port[];
}

/** The element type's number, for the `to` of a Cast. */
export const elementType = (type: ElementType): number => elementTypes[type];

/** The bytes of an `.onnx` file, operator set 17. */
export function encodeOnnx(graph: Graph): Uint8Array {
  return modelProto
    .encode({
      ir_version: 8,
      producer_name: 'deedbox',
      opset_import: [{ domain: '', version: 17 }],
      graph: {
        name: graph.name,
        node: graph.operations.map((operation, index) => ({
          name: `${operation.type}_${index}`,
          op_type: operation.type,
          input: operation.inputs,
          output: operation.outputs,
          attribute: Object.entries(operation.attributes ?? {}).map(([name, value]) =>
            Array.isArray(value) ? { name, ints: value, type: 7 } : { name, i: value, type: 2 },
          ),
        })),
        initializer: graph.constants.map(({ name, type, shape, data }) => ({
          name,
          dims: shape,
          data_type: elementTypes[type],
          raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        })),
        input: graph.inputs.map(portProto),
        output: graph.outputs.map(portProto),
      },
    })
    .finish();
}

function portProto({ name, type, shape }: Port): object {
  const dim = shape.map((size) =>
    typeof size === 'number' ? { dim_value: size } : { dim_param: size },
  );
  return { name, type: { tensor_type: { elem_type: elementTypes[type], shape: { dim } } } };
}
