import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../../../../test/fixtures/wire/', import.meta.url));

/** A captured packet and an independent tool's opinion of it (test/fixtures/README.md). */
export interface Fixture {
  readonly name: string;
  readonly title: string;
  readonly frame: Uint8Array;
  /** tshark's values by field name. */
  readonly tshark: Readonly<Record<string, string>>;
}

/** All fixtures, or those whose tshark part has a field of that name. */
export function readFixtures(field?: string): Fixture[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.txt'));
  return names
    .map((name) => readFixture(name))
    .filter(({ tshark }) => field === undefined || field in tshark);
}

/** The fixture called NAME.txt. */
export const fixture = (name: string): Fixture => readFixture(`${name}.txt`);

function readFixture(name: string): Fixture {
  const text = readFileSync(`${directory}${name}`, 'utf8');
  const part = (title: string): string[] => {
    const body = text.split(`\n[${title}]\n`)[1] ?? '';
    return (body.split('\n\n')[0] ?? '').split('\n').filter((line) => line !== '');
  };
  const hex = part('frame').flatMap((line) => line.split(/\s+/).slice(1));
  return {
    name: name.replace('.txt', ''),
    title: text.slice(2, text.indexOf('\n')),
    frame: Uint8Array.from(hex, (pair) => parseInt(pair, 16)),
    tshark: Object.fromEntries(
      part('tshark').map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string]),
    ),
  };
}
