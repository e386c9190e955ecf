// A Peggy plugin: a repeated character class ([a-z]+, [ \t]*) becomes one scan by a sticky regular expression.
// Peggy's own code tests and stores each character by itself; on configurations of many megabytes this plugin makes
// the parser about four times as fast (bench/config-parse.ts), and the grammar stays free of tricks. Where the
// characters are wanted, the grammar takes them with $, which works on positions.

const REPETITIONS = { one_or_more: '+', zero_or_more: '*' };
const CONTROL = /[\0-\x1f\x7f]/g;

const escapePart = (part) => part.replace(/[\\\]^-]/g, '\\$&').replace(CONTROL, escapeControl);
const escapeControl = (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** A class node of Peggy's syntax tree as the source of a regular expression. */
function classSource({ parts, inverted }) {
  const body = parts.map((part) => (Array.isArray(part) ? part.map(escapePart).join('-') : escapePart(part)));
  return `[${inverted ? '^' : ''}${body.join('')}]`;
}

/** A predicate in place of a repetition: moves the parser's position past what the class matches. */
function scanNode(node, name) {
  const found = `${name}.lastIndex = peg$currPos; const found = ${name}.test(input);`;
  const move = `if (found) peg$currPos = ${name}.lastIndex;`;
  const result = node.type === 'one_or_more' ? 'return found;' : 'return true;';
  return {
    type: 'semantic_and',
    code: `${found} ${move} ${result}`,
    codeLocation: node.location,
    location: node.location,
  };
}

function replaceRepetitions(node, scanners) {
  for (const key of ['expression', 'elements', 'alternatives', 'delimiter']) {
    const child = node[key];
    if (Array.isArray(child)) node[key] = child.map((item) => replaceRepetitions(item, scanners));
    else if (child) node[key] = replaceRepetitions(child, scanners);
  }
  const sign = REPETITIONS[node.type];
  if (!sign || node.expression.type !== 'class' || node.expression.ignoreCase) return node;
  const source = classSource(node.expression) + sign;
  if (!scanners.has(source)) scanners.set(source, `peg$scan${scanners.size}`);
  return scanNode(node, scanners.get(source));
}

export const scanPlugin = {
  use(config) {
    config.passes.transform.unshift((ast) => {
      const scanners = new Map();
      for (const rule of ast.rules) rule.expression = replaceRepetitions(rule.expression, scanners);
      const code = [...scanners].map(([source, name]) => `const ${name} = /${source}/y;`).join('\n');
      const location = ast.rules[0].location;
      const added = { type: 'top_level_initializer', code, codeLocation: location, location };
      ast.topLevelInitializer = [ast.topLevelInitializer ?? [], added].flat();
    });
  },
};
