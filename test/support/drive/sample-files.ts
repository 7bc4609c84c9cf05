import type { DriveSimulator } from './simulator.ts';

/** A text file to create; by default its text is its name. */
export const textFile = (name: string, parent: string, text: string | Buffer = name) => ({
  name,
  parent,
  mimeType: 'text/plain',
  bytes: Buffer.from(text),
});

/** Creates a folder in My Drive of a user, and returns its id. */
export const createFolder = ({ model }: DriveSimulator, owner: string, name: string) =>
  model.createFolder({ name, parent: model.rootOf(owner) });
