import { type Micros } from '../../base/units.js';
import { type ScriptSettings } from '../../vrrp/index.js';
import { type ScriptCommand } from '../model.js';
import { type Span } from '../tree.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import { type Reading } from './read-arguments.js';
import { hasDefaultUser, splitStatement, userIsKnown } from './scripts.js';
import { readSection, type Section } from './section.js';

/** A vrrp_script block. */
export interface TrackedScriptDraft {
  readonly settings: ScriptSettings;
  readonly command: ScriptCommand;
  readonly weight: number;
  readonly reverse: boolean;
  readonly span: Span;
  /** Set once an instance or group tracks it. */
  used: boolean;
  /** Set if nobody should run it: instances that track it do as if they did not. */
  disabled: boolean;
}

const SECOND = 1_000_000;

/** Reads a vrrp_script; undefined (and a problem) if there is nothing to run. */
export function readTrackedScript(
  context: PassContext,
  globals: Globals,
  block: Reading,
): TrackedScriptDraft | undefined {
  const { statement } = block;
  const name = block.values[0] as string;
  const user = new UserOfScript(context);
  const section = readSection(context, 'vrrp_script', statement.body ?? [], statement, (reading) =>
    user.visit(reading),
  );
  const script = section.get('script');
  const argv = script && splitStatement(context, script.statement);
  if (!argv) {
    context.error('script-missing', `vrrp_script '${name}' has no script; it is left out`, statement.span);
    return undefined;
  }
  if (user.broken) return undefined;
  if (user.name === undefined && !hasDefaultUser(context, globals.scriptUser, statement.span)) {
    context.error(
      'unknown-user',
      `vrrp_script '${name}' cannot run: script_user is not usable`,
      statement.span,
    );
    return undefined;
  }
  const [weight = 0, direction] = section.get('weight')?.values ?? [];
  return {
    settings: settingsOf(name, section),
    command: {
      argv,
      ...(user.name !== undefined && { user: user.name }),
      ...(user.group !== undefined && { group: user.group }),
    },
    weight: weight as number,
    reverse: direction === 'reverse',
    span: statement.span,
    used: false,
    disabled: false,
  };
}

function settingsOf(name: string, section: Section): ScriptSettings {
  const interval = section.number('interval') ?? SECOND;
  return {
    name,
    interval: interval as Micros,
    timeout: (section.number('timeout') ?? 0) as Micros,
    rise: section.number('rise') ?? 1,
    fall: section.number('fall') ?? 1,
    initFail: section.has('init_fail'),
  };
}

/** `user NAME [GROUP]`: the last one counts, and only a good one makes up for a bad one. */
class UserOfScript {
  name: string | undefined;
  group: string | undefined;
  broken = false;

  constructor(private readonly context: PassContext) {}

  visit({ keyword, values, statement }: Reading): boolean {
    if (keyword.path !== 'vrrp_script/user') return true;
    const [name = '', group] = values[0] as readonly string[];
    this.broken = !userIsKnown(this.context, name, group, statement.span, 'unknown-user');
    if (!this.broken) [this.name, this.group] = [name, group];
    return !this.broken;
  }
}
