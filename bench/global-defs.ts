// What the configurations of benches begin with.

/**
 * A global_defs block.
 * @param own its lines.
 * @param settings more of them, as the command line has them: with `;` between.
 */
export function globalDefs(own: readonly string[], settings: string): string {
  const more = settings
    .split(';')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const lines = ['router_id bench', ...own, ...more];
  return `global_defs {\n${lines.map((line) => `    ${line}\n`).join('')}}\n`;
}
