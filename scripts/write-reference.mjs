// Writes docs/reference.md from the schema and docs/errors.md from the register of codes; the build must be current.
import { writeFileSync } from 'node:fs';
import { errorsMarkdown } from '../dist/config/errors-text.js';
import { referenceMarkdown } from '../dist/config/reference.js';

for (const [name, text] of [
  ['reference.md', referenceMarkdown()],
  ['errors.md', errorsMarkdown()],
]) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), text);
  console.log(`docs/${name} written`);
}
