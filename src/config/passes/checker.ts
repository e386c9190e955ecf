import { familyOf, type IpAddress } from '../../base/address.js';
import { encodeUtf8 } from '../../base/utf8.js';
import { type Statement } from '../tree.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import { type HttpUrl } from '../model-probe.js';
import { readUrl } from './http-url.js';
import { type Reading } from './read-arguments.js';
import { type Registry } from './registry.js';
import { hasDefaultUser, type ScriptDraft, splitStatement, userIsKnown } from './scripts.js';
import { readSection, type Section } from './section.js';

/** A checker block of a real server, before what it inherits is known. */
export interface CheckerDraft {
  readonly kind: string;
  readonly section: Section;
  /** HTTP_GET, SSL_GET. */
  readonly urls: readonly HttpUrl[];
  /** SMTP_CHECK. */
  readonly hosts: readonly Section[];
  /** MISC_CHECK. */
  readonly command?: ScriptDraft;
  /** FILE_CHECK, BFD_CHECK: what they follow. */
  readonly follows?: { readonly name: string; readonly weight: number; readonly reverse: boolean };
}

/** What reading a checker may look up. */
export interface CheckerScene {
  readonly context: PassContext;
  readonly globals: Globals;
  readonly registry: Registry;
}

/** Reads a checker block; undefined (and a problem) if it checks nothing. */
export function readChecker(scene: CheckerScene, block: Reading): CheckerDraft | undefined {
  const { statement } = block;
  const reader = new CheckerReader(scene, block.name, statement);
  const section = readSection(scene.context, block.keyword.path, statement.body ?? [], statement, (reading) =>
    reader.visit(reading),
  );
  return reader.finish(section);
}

/** What the lines of a checker say beyond plain values. */
class CheckerReader {
  private readonly urls: HttpUrl[] = [];
  private readonly hosts: Section[] = [];
  private argv: readonly string[] | undefined;
  private broken = false;

  constructor(
    private readonly scene: CheckerScene,
    private readonly kind: string,
    private readonly statement: Statement,
  ) {}

  visit(reading: Reading): boolean {
    const { context } = this.scene;
    const { statement, values } = reading;
    switch (reading.name) {
      case 'url':
        return this.keep(this.urls, readUrl(context, reading));
      case 'host':
        return this.keep(
          this.hosts,
          readSection(context, reading.keyword.path, statement.body ?? [], statement),
        );
      case 'misc_path':
        this.argv = splitStatement(context, statement);
        return this.argv !== undefined;
      case 'user': {
        const [user = '', group] = values[0] as readonly string[];
        this.broken ||= !userIsKnown(context, user, group, statement.span, 'unknown-user');
        return !this.broken;
      }
      case 'track_file':
        return this.isKnown('track_file', reading, this.scene.registry.trackFiles);
      case 'name':
        return this.kind === 'BFD_CHECK' ? this.isSession(reading) : this.isDomain(reading);
      default:
        return true;
    }
  }

  private keep<T>(list: T[], item: T | undefined): boolean {
    if (item !== undefined) list.push(item);
    return item !== undefined;
  }

  private isKnown(block: string, reading: Reading, known: ReadonlyMap<string, unknown>): boolean {
    const name = reading.values[0] as string;
    if (known.has(name)) return true;
    this.scene.context.error(
      'unknown-tracked',
      `there is no ${block} '${name}' above`,
      reading.statement.span,
    );
    return false;
  }

  private isSession(reading: Reading): boolean {
    const told = [...this.scene.registry.bfd].filter(([, session]) => session.checker);
    const known = this.isKnown('bfd_instance', reading, new Map(told));
    this.broken ||= !known;
    return known;
  }

  private isDomain({ values, statement }: Reading): boolean {
    const name = values[0] as string;
    const objection = objectionToDomain(name);
    if (objection === undefined) return true;
    this.scene.context.error('invalid-domain', `'${name}' ${objection}; the line is ignored`, statement.span);
    return false;
  }

  finish(section: Section): CheckerDraft | undefined {
    const { kind, urls, hosts } = this;
    checkFamilies(this.scene.context, section);
    for (const host of hosts) checkFamilies(this.scene.context, host);
    const draft: CheckerDraft = { kind, section, urls, hosts };
    if (kind === 'HTTP_GET' || kind === 'SSL_GET')
      return urls.length > 0 ? draft : this.leaveOut('url-missing', 'has no url with a path');
    if (kind === 'MISC_CHECK') return this.finishScript(draft);
    if (kind === 'FILE_CHECK') return this.finishFile(draft);
    return kind === 'BFD_CHECK' ? this.finishSession(draft) : draft;
  }

  private leaveOut(code: string, why: string): CheckerDraft | undefined {
    this.scene.context.error(code, `${this.kind} ${why}; it is left out`, this.statement.span);
    return undefined;
  }

  private finishScript(draft: CheckerDraft): CheckerDraft | undefined {
    const { context, globals } = this.scene;
    if (this.broken) return undefined;
    if (!this.argv) return this.leaveOut('script-missing', 'has no misc_path');
    const [user, group] = draft.section.words('user') ?? [];
    if (user === undefined && !hasDefaultUser(context, globals.scriptUser, this.statement.span)) {
      return this.leaveOut('unknown-user', 'has nobody to run it');
    }
    const command = {
      argv: this.argv,
      ...(user !== undefined && { user }),
      ...(group !== undefined && { group }),
    };
    return { ...draft, command: { command, span: this.statement.span } };
  }

  private finishFile(draft: CheckerDraft): CheckerDraft | undefined {
    const name = draft.section.text('track_file');
    const file = name === undefined ? undefined : this.scene.registry.trackFiles.get(name);
    if (name === undefined || !file) return this.leaveOut('file-missing', 'has no track_file');
    const [weight = file.weight, direction] = draft.section.get('weight')?.values ?? [];
    const reverse = direction === undefined ? file.reverse : direction === 'reverse';
    return { ...draft, follows: { name, weight: weight as number, reverse } };
  }

  private finishSession(draft: CheckerDraft): CheckerDraft | undefined {
    const name = draft.section.text('name');
    if (this.broken) return undefined;
    if (name === undefined) return this.leaveOut('neighbor-missing', 'names no bfd_instance');
    return { ...draft, follows: { name, weight: 0, reverse: false } };
  }
}

function checkFamilies(context: PassContext, section: Section): void {
  const [to, from] = [section.text('connect_ip'), section.text('bindto')];
  if (to === undefined || from === undefined) return;
  if (familyOf(to as IpAddress) === familyOf(from as IpAddress)) return;
  const text = `bindto ${from} and connect_ip ${to} are of different families`;
  context.error('wrong-family', text, section.spanOf('bindto'));
}

/** RFC 1035, 2.3.4: labels of at most 63 octets, names of 255 with their lengths. keepalived sends them as they are. */
function objectionToDomain(name: string): string | undefined {
  if (name === '.') return undefined;
  if (/^\.|\.\./.test(name)) return 'has an empty label';
  const labels = name.split('.').map((label) => encodeUtf8(label).length);
  if (labels.some((length) => length > 63)) return 'has a label of more than 63 octets';
  return labels.reduce((sum, length) => sum + 1 + length, 1) > 255 ? 'is longer than 255 octets' : undefined;
}
