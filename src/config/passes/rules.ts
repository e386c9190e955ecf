import { type DesiredRule } from '../../net/index.js';
import { type NumberRange } from '../../wire/netlink/fib-rule.js';
import { type Statement } from '../tree.js';
import { routeTypes } from './route-names.js';
import { type RouteScene } from './routes.js';
import { LeaveOut, WordCursor } from './word-cursor.js';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type RuleDraft = Partial<Mutable<DesiredRule>> & Pick<Mutable<DesiredRule>, 'invert' | 'l3mdev' | 'noTrack'>;

const KEEPALIVED = 18;

/** Priorities for rules that name none, counted down for each family as keepalived does. */
export class RulePriorities {
  private readonly next = { inet: 16_384, inet6: 16_384 };

  take(family: 'inet' | 'inet6'): number {
    const priority = this.next[family];
    this.next[family] -= 1;
    return priority;
  }
}

/** Reads one line of virtual_rules or static_rules; undefined (and a problem) if it is left out. */
export function readRule(
  scene: RouteScene,
  priorities: RulePriorities,
  line: Statement,
): DesiredRule | undefined {
  const cursor = new WordCursor(scene.context, scene.names, line, 'rule');
  try {
    const draft = readOptions(scene, cursor);
    return finish(scene, cursor, draft, priorities);
  } catch (error) {
    if (error instanceof LeaveOut) return undefined;
    throw error;
  }
}

function readOptions(scene: RouteScene, cursor: WordCursor): RuleDraft {
  const draft: RuleDraft = { invert: false, l3mdev: false, noTrack: false };
  for (let word = cursor.peek(); word; word = cursor.peek()) {
    cursor.take();
    const option = options[word.text];
    if (option) option(draft, cursor);
    else if (word.text === 'track_group' && scene.trackGroups) readTrackGroup(scene, cursor, draft);
    else readAction(draft, cursor, word.text === 'type' ? cursor.take().text : word.text);
  }
  return draft;
}

type OptionReader = (draft: RuleDraft, cursor: WordCursor) => void;

const lookUpTable: OptionReader = (draft, cursor) => {
  const table = cursor.named('table');
  if (table === 0) cursor.fail('out-of-range', 'table 0 cannot be used');
  draft.table = table;
  setAction(draft, cursor, 'table');
};
const setPriority: OptionReader = (draft, cursor) => (draft.priority = cursor.number('priority'));
const setTos: OptionReader = (draft, cursor) => (draft.tos = cursor.named('dsfield'));
const setInput: OptionReader = (draft, cursor) => (draft.inputInterface = cursor.interface());
const suppressPrefix: OptionReader = (draft, cursor) =>
  (draft.suppressPrefixLength = cursor.number('suppress_prefixlength', 0x7fff_ffff));
const suppressGroup: OptionReader = (draft, cursor) => (draft.suppressGroup = cursor.named('group'));

const options: Readonly<Record<string, OptionReader>> = {
  inet: (_, cursor) => cursor.joinByName('inet'),
  inet6: (_, cursor) => cursor.joinByName('inet6'),
  from: (draft, cursor) => setPrefix(draft, 'from', cursor),
  to: (draft, cursor) => setPrefix(draft, 'to', cursor),
  table: lookUpTable,
  lookup: lookUpTable,
  not: (draft) => (draft.invert = true),
  preference: setPriority,
  order: setPriority,
  priority: setPriority,
  tos: setTos,
  dsfield: setTos,
  fwmark: setMark,
  realms: (draft, cursor) => (draft.realms = cursor.realms()),
  suppress_prefixlength: suppressPrefix,
  sup_pl: suppressPrefix,
  suppress_ifgroup: suppressGroup,
  sup_group: suppressGroup,
  dev: setInput,
  iif: setInput,
  oif: (draft, cursor) => (draft.outputInterface = cursor.interface()),
  'tunnel-id': setTunnel,
  uidrange: (draft, cursor) =>
    (draft.uidRange =
      readRange(cursor, 'uidrange', 0xffff_ffff) ?? cursor.fail('invalid-number', 'uidrange is no range')),
  l3mdev: (draft, cursor) => {
    draft.l3mdev = true;
    setAction(draft, cursor, 'table');
  },
  protocol: (draft, cursor) => setSoft(draft, 'protocol', cursor, 255),
  ipproto: setIpProtocol,
  sport: (draft, cursor) => setPorts(draft, 'sourcePorts', cursor),
  dport: (draft, cursor) => setPorts(draft, 'destinationPorts', cursor),
  no_track: (draft) => (draft.noTrack = true),
};

function setPrefix(draft: RuleDraft, key: 'from' | 'to', cursor: WordCursor): void {
  const prefix = cursor.prefix();
  if (prefix) draft[key] = prefix;
}

function setAction(draft: RuleDraft, cursor: WordCursor, action: DesiredRule['action']): void {
  if (draft.action !== undefined) cursor.fail('conflict', 'a rule has a single action');
  draft.action = action;
}

function setMark(draft: RuleDraft, cursor: WordCursor): void {
  const { text, span } = cursor.take();
  const match = /^(0x[0-9a-f]+|\d+)(?:\/(0x[0-9a-f]+|\d+))?$/i.exec(text);
  const [mark, mask] = [Number(match?.[1]), Number(match?.[2] ?? 0)];
  if (!match || mark > 0xffff_ffff || mask > 0xffff_ffff)
    cursor.fail('out-of-range', `'${text}' is no firewall mark`, span);
  draft.fwmark = mark;
  if (text.includes('/')) draft.fwmask = mask;
}

function setTunnel(draft: RuleDraft, cursor: WordCursor): void {
  const { text, span } = cursor.take();
  if (!/^\d{1,20}$/.test(text)) cursor.fail('invalid-number', `'${text}' is no tunnel id`, span);
  draft.tunnelId = text;
}

/** Numbers whose mistakes keepalived reports without leaving the rule out. */
function setSoft(draft: RuleDraft, key: 'protocol' | 'ipProtocol', cursor: WordCursor, max: number): void {
  const { text, span } = cursor.take();
  if (/^\d+$/.test(text) && Number(text) <= max) draft[key] = Number(text);
  else cursor.context.error('out-of-range', `'${text}' is not within 0 to ${max}; it is ignored`, span);
}

const ipProtocols: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  'ipv6-icmp': 58,
  ospf: 89,
  sctp: 132,
  vrrp: 112,
};

function setIpProtocol(draft: RuleDraft, cursor: WordCursor): void {
  const name = cursor.peek()?.text.toLowerCase() ?? '';
  const number = ipProtocols[name];
  if (number === undefined) setSoft(draft, 'ipProtocol', cursor, 255);
  else {
    cursor.take();
    draft.ipProtocol = number;
  }
}

function readRange(cursor: WordCursor, name: string, max: number): NumberRange | undefined {
  const { text, span } = cursor.take();
  const match = /^(\d+)-(\d+)$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2])];
  if (match && from <= max && to <= max) return { from, to };
  cursor.context.error('invalid-number', `${name} '${text}' is no range; it is ignored`, span);
  return undefined;
}

/** keepalived 2.4.3 reads a single port and then complains about it; it is ignored. */
function setPorts(draft: RuleDraft, key: 'sourcePorts' | 'destinationPorts', cursor: WordCursor): void {
  const range = readRange(cursor, key === 'sourcePorts' ? 'sport' : 'dport', 65_535);
  if (range) draft[key] = range;
}

function readTrackGroup(scene: RouteScene, cursor: WordCursor, draft: RuleDraft): void {
  const { text, span } = cursor.take();
  if (scene.trackGroups?.has(text)) draft.trackGroup = text;
  else
    scene.context.error(
      'unknown-track-group',
      `there is no track_group '${text}' above; it is ignored`,
      span,
    );
}

function readAction(draft: RuleDraft, cursor: WordCursor, action: string): void {
  if (action === 'goto') {
    draft.target = cursor.number('goto');
    setAction(draft, cursor, 'goto');
  } else if (
    action === 'nop' ||
    action === 'blackhole' ||
    action === 'unreachable' ||
    action === 'prohibit'
  ) {
    setAction(draft, cursor, action);
  } else
    cursor.fail(
      'unknown-option',
      routeTypes.has(action) ? `a rule cannot be ${action}` : `'${action}' is no option of a rule`,
    );
}

function finish(
  scene: RouteScene,
  cursor: WordCursor,
  draft: RuleDraft,
  priorities: RulePriorities,
): DesiredRule {
  const { context } = scene;
  const { action } = draft;
  if (action === undefined) return cursor.fail('action-missing', 'the rule has no action, such as table');
  if (action === 'goto' && (draft.priority === undefined || draft.priority >= (draft.target ?? 0))) {
    cursor.fail('conflict', 'goto needs a priority below its target');
  }
  const forTables =
    draft.realms !== undefined ||
    draft.suppressPrefixLength !== undefined ||
    draft.suppressGroup !== undefined;
  if (action !== 'table' && forTables) cursor.fail('conflict', 'realms and suppressors need a table');
  if (!draft.noTrack) {
    if (draft.protocol !== undefined && draft.protocol !== KEEPALIVED) {
      context.warning(
        'protocol-of-tracked',
        'a tracked rule has protocol keepalived; using that',
        cursor.span,
      );
    }
    draft.protocol = KEEPALIVED;
  }
  if (draft.trackGroup !== undefined && draft.inputInterface === undefined) {
    context.error('track-group-needs-interface', 'track_group needs iif; it is ignored', cursor.span);
    delete draft.trackGroup;
  }
  const family = cursor.family ?? 'inet';
  const priority = draft.priority ?? priorities.take(family);
  if (draft.priority === undefined) {
    context.warning(
      'priority-missing',
      `the rule has no priority; using ${priority}, which is hardly what is meant`,
      cursor.span,
    );
  }
  return { ...draft, family, action, priority };
}
