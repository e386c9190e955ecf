/** What splitting a line by shell-like rules gives, or why it cannot be split. */
export type SplitResult = { readonly words: readonly string[] } | { readonly mistake: string };

const named: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * Splits a line into words with single and double quotes and backslashes, as keepalived.conf(5) says for scripts:
 * with `escapes` a backslash sequence becomes its character, without it stays as it is for a later split.
 */
export function splitQuoted(text: string, escapes: boolean): SplitResult {
  const words: string[] = [];
  const isBlank = (character: string) => /[ \t\f\v\r\n]/.test(character);
  let at = 0;
  for (;;) {
    while (at < text.length && isBlank(text.charAt(at))) at += 1;
    if (at >= text.length) return { words };
    let word = '';
    let quote = '';
    for (; at < text.length; at += 1) {
      const character = text.charAt(at);
      if (character === '\\') {
        const { value, length } = escapeAt(text, at, escapes);
        if (length === 1) return { mistake: 'nothing follows the backslash at the end' };
        word += value;
        at += length - 1;
      } else if (quote !== '') {
        if (character === quote) quote = '';
        else word += character;
      } else if (character === '"' || character === "'") quote = character;
      else if (isBlank(character)) break;
      else word += character;
    }
    if (quote !== '') return { mistake: `nothing closes the ${quote}` };
    words.push(word);
  }
}

function escapeAt(text: string, at: number, escapes: boolean): { value: string; length: number } {
  const rest = text.slice(at + 1);
  const first = rest.charAt(0);
  if (!escapes) return { value: `\\${first}`, length: 1 + first.length };
  const hex = /^x([0-9a-f]{1,2})/i.exec(rest);
  if (hex) return { value: String.fromCharCode(parseInt(hex[1] ?? '', 16)), length: 1 + hex[0].length };
  const octal = /^[0-7]{1,3}/.exec(rest);
  if (octal) return { value: String.fromCharCode(parseInt(octal[0], 8) & 0xff), length: 1 + octal[0].length };
  if (first === 'c' && rest.length > 1)
    return { value: String.fromCharCode(rest.charCodeAt(1) & 0x1f), length: 3 };
  return { value: named[first] ?? first, length: 1 + first.length };
}
