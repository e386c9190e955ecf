import { parseIpAddress } from '#base/address.js';
import { type VrrpSettings, type InterfaceState } from '#vrrp/index.js';
import { readSettings } from './settings-text.js';

/** One case: what README.md in this folder describes, taken apart. */
export interface Case {
  /** The first line: clause and claim. */
  readonly title: string;
  readonly settings: VrrpSettings;
  /** Settings for `reload NAME`, by name. */
  readonly reloads: Readonly<Record<string, VrrpSettings>>;
  readonly interfaces: readonly InterfaceState[];
  readonly story: readonly string[];
}

/** Takes a case file apart. */
export function readCase(text: string): Case {
  const [head = '', ...parts] = text.split(/^\[(.+)\]\n/m);
  const sections = new Map<string, string>();
  for (let index = 0; index < parts.length; index += 2)
    sections.set(parts[index] ?? '', parts[index + 1] ?? '');
  const section = (name: string): string => {
    const body = sections.get(name);
    if (body === undefined) throw new Error(`section [${name}] is missing`);
    return body;
  };
  const interfaces = lines(section('interfaces')).map(readInterface);
  const known = lines(sections.get('problems') ?? '');
  const read = (body: string): VrrpSettings => readSettings(body, interfaces, known);
  const reloads = [...sections]
    .filter(([name]) => name.startsWith('keepalived.conf '))
    .map(([name, body]) => [name.slice('keepalived.conf '.length), read(body)] as const);
  return {
    title: (head.split('\n')[0] ?? '').replace(/^# */, ''),
    settings: read(section('keepalived.conf')),
    reloads: Object.fromEntries(reloads),
    interfaces,
    story: lines(section('story')),
  };
}

/** Lines with something in them, comments removed. */
const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter((line) => line !== '');

/** `eth0 192.0.2.1 fe80::1 [down]`. */
function readInterface(line: string, index: number): InterfaceState {
  const [name = '', ...rest] = line.split(/\s+/);
  const addresses = rest.filter((word) => word !== 'down').map((word) => parseIpAddress(word)!);
  return { name, index: index + 1, up: !rest.includes('down'), addresses };
}
