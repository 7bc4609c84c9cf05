// The suite is written for Node.js 22: it imports `globSync` from `fs` (for commands that are not
// used here). Where `fs` has none, this adds one that finds nothing.
import fs from 'node:fs';
import { register } from 'node:module';

const hook = `
export async function resolve(specifier, context, next) {
  const suite = context.parentURL?.includes('/@modelcontextprotocol/conformance/');
  return suite && specifier === 'fs'
    ? { url: 'deedbox-test:fs', shortCircuit: true }
    : next(specifier, context);
}
export async function load(url, context, next) {
  if (url !== 'deedbox-test:fs') return next(url, context);
  const source = "export * from 'node:fs'; export { default } from 'node:fs'; export const globSync = () => [];";
  return { format: 'module', source, shortCircuit: true };
}`;

if (!('globSync' in fs)) register(`data:text/javascript,${encodeURIComponent(hook)}`);
