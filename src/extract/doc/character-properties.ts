import { modifiersOf } from './property-runs.ts';

/** What the properties of characters say about their text. */
export interface CharacterProperties {
  /** Whether they are hidden; `style` and `opposite` refer to the style. */
  hidden?: boolean | 'style' | 'opposite' | undefined;
  isDeleted?: boolean;
  characterStyle?: number;
  font?: number;
  /** A sign of a symbol font. */
  symbol?: { font: number; code: number };
  /** Where the form field is described, in the data stream. */
  formOffset?: number;
}

const hiddenValues = { 0: false, 1: true, 0x80: 'style', 0x81: 'opposite' } as const;

/** Reads a list of property modifiers of characters ([MS-DOC] 2.6.1). */
export function characterProperties(modifiers: Buffer): CharacterProperties {
  const properties: CharacterProperties = {};
  for (const { code, operand } of modifiersOf(modifiers)) {
    const value = operand.length > 0 ? operand.readUInt8(0) : 0;
    if (code === 0x083c) properties.hidden = hiddenValues[value as keyof typeof hiddenValues];
    else if (code === 0x0800) properties.isDeleted = (value & 1) === 1;
    else if (code === 0x4a30 && operand.length >= 2)
      properties.characterStyle = operand.readUInt16LE(0);
    else if (code === 0x4a4f && operand.length >= 2) properties.font = operand.readUInt16LE(0);
    else if (code === 0x6a09 && operand.length >= 4) {
      properties.symbol = { font: operand.readUInt16LE(0), code: operand.readUInt16LE(2) };
    } else if (code === 0x6a03 && operand.length >= 4)
      properties.formOffset = operand.readUInt32LE(0);
  }
  return properties;
}
