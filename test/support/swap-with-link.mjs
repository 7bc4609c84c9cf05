// Replaces folders and files by links to others of the same name, and back, as fast as it can.
// Arguments: a seed, the folder, the folder outside, and the names in it that are replaced.
import { renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

const [seed, root, outside, ...names] = process.argv.slice(2);
let state = Number(seed);
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
process.stdout.write('swapping\n');
for (;;) {
  const name = names[random(names.length)];
  const path = join(root, name);
  renameSync(path, `${path}~`);
  symlinkSync(join(outside, name), path);
  for (let pause = random(20_000); pause > 0; pause--);
  unlinkSync(path);
  renameSync(`${path}~`, path);
  for (let pause = random(20_000); pause > 0; pause--);
}
