// Writes docs/reference.md from the schema; the build must be current.
import { writeFileSync } from 'node:fs';
import { referenceMarkdown } from '../dist/config/reference.js';

const target = new URL('../docs/reference.md', import.meta.url);
writeFileSync(target, referenceMarkdown());
console.log('docs/reference.md written');
