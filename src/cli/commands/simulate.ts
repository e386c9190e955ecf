import { parseArgs } from 'node:util';
import { basename, dirname } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import { MICROS_PER_SECOND, micros, secondsToMicros, type Micros } from '../../base/units.js';
import { loadConfiguration } from '../../config/load.js';
import { inFileOrder, renderProblems } from '../../config/render.js';
import { configHost } from '../../daemon/config-host.js';
import { faultHelp, parseFaults, parsePercent, QUIET, type NamedRouter } from '../../sim/index.js';
import { type VrrpSettings } from '../../vrrp/index.js';
import { imaginedHost } from '../imagined-host.js';
import { simulatePair } from '../simulated-pair.js';

export const simulateUsage = `understudy simulate A.conf B.conf... [--fault 'at TIME FAULT']... [--seconds N] [--seed N] [--loss PERCENT] [--json]
  Plays these configurations on a virtual clock and network, by the very code that runs on directors: who wins, what
  happens when, and how long nobody is master. Routers are called after their files. Interfaces of one name are on one
  network. Without --seconds it goes on for 30 seconds after the last fault. Faults:
${faultHelp()}
`;

interface Question {
  readonly files: readonly string[];
  readonly faults: readonly string[];
  readonly seconds: number | undefined;
  readonly seed: number;
  readonly loss: number;
  readonly json: boolean;
}

/** How long after the last fault, unless told. */
const AFTERMATH: Micros = micros(30 * MICROS_PER_SECOND);

/** `understudy simulate`. @returns the exit status: 1 for a question that cannot be answered, and why. */
export function simulate(args: readonly string[]): number {
  const understood = understand(args);
  if (!understood.ok) return refuse(`${understood.error}\n${simulateUsage}`);
  const { files, faults: texts, seconds, seed, loss, json } = understood.value;
  const routers: (NamedRouter & { readonly file: string })[] = [];
  for (const [index, name] of namesFor(files).entries()) {
    const file = files[index] ?? '';
    const settings = readSettings(file);
    if (!settings.ok) return refuse(settings.error);
    routers.push({ name, file, settings: settings.value });
  }
  const quality = { ...QUIET, loss };
  const faults = parseFaults(texts, { routers, settings: readSettings, quality });
  if (!faults.ok) return refuse(faults.error.map((text) => `understudy: ${text}\n`).join(''));
  const last = faults.value.at(-1)?.at ?? micros(0);
  const until = seconds === undefined ? micros(last + AFTERMATH) : secondsToMicros(seconds);
  if (last > until)
    return refuse(`understudy: a fault at ${last / MICROS_PER_SECOND}s comes after the end\n`);
  const result = simulatePair({ routers, faults: faults.value, seed, quality, until });
  process.stdout.write(json ? `${JSON.stringify(result.document, null, 2)}\n` : result.text);
  return 0;
}

function refuse(text: string): number {
  process.stderr.write(text);
  return 1;
}

function understand(args: readonly string[]): Result<Question, string> {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals: files } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ fault: { ...text, multiple: true }, seconds: text, seed: text, loss: text },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true || files.length === 0) return err('which configurations?');
    const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
    if (seconds !== undefined && !(seconds > 0 && seconds <= LONGEST_S)) {
      return err(`--seconds takes a number up to ${LONGEST_S}`);
    }
    const seed = Number(values.seed ?? 1);
    if (!Number.isSafeInteger(seed) || seed < 0) return err('--seed takes a whole number');
    const loss = parsePercent(values.loss ?? '0');
    if (loss === undefined) return err('--loss takes a percentage from 0 to 100');
    return ok({ files, faults: values.fault ?? [], seconds, seed, loss, json: values.json ?? false });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** A day. */
const LONGEST_S = 86_400;

/** What files call the routers: their own names, or those of their folders, or letters, so that no two are the same. */
function namesFor(files: readonly string[]): readonly string[] {
  const nameOf = (file: string): string => basename(file).replace(/\.conf$/, '');
  const folders = files.map((file) => basename(dirname(file)));
  const letters = files.map((_, index) => String.fromCharCode(65 + index));
  const distinct = (names: readonly string[]): boolean =>
    new Set(names).size === files.length && names.every((name) => /^[^\s>]+$/.test(name) && name !== '.');
  return [files.map(nameOf), folders, letters].find(distinct) ?? files.map((_, index) => `R${index + 1}`);
}

/** The protocol's share of a configuration of some other host. */
function readSettings(file: string): Result<VrrpSettings, string> {
  const instance = basename(file).replace(/\.conf$/, '');
  const host = imaginedHost(configHost(), file, instance);
  const { configuration, problems } = loadConfiguration(file, host, { instance, seed: 0 });
  const errors = inFileOrder(problems.filter(({ severity }) => severity === 'error'));
  const report = renderProblems(errors, { color: process.stderr.isTTY });
  const usable = configuration !== undefined && configuration.vrrp.instances.length > 0;
  if (!usable) return err(report || `${file} has no vrrp_instance\n`);
  if (errors.length > 0) process.stderr.write(report);
  return ok(configuration.vrrp);
}
