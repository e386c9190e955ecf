import { problemWarning, type Problem } from '../problem.js';
import { type Span } from '../tree.js';
import { findBlock, findLine, type LintHost, type LintSubject } from './subject.js';

const GROUP_OR_OTHERS_WRITE = 0o022;
const STICKY = 0o1000;
const ROOT = 0;

/**
 * A script that somebody other than root could exchange, by its own permissions or by those of a folder on the
 * way to it. keepalived looks only with enable_script_security, and then at start, when it is too late.
 */
export function writableScripts(subject: LintSubject): readonly Problem[] {
  const problems: Problem[] = [];
  for (const { path, span } of scriptPaths(subject)) {
    const weak = weakComponent(path, subject.host);
    if (weak === undefined) continue;
    const what = weak === path ? 'it' : `its folder ${weak}`;
    const text = `${path} can be exchanged by others than root: ${what} is writable for them`;
    problems.push(problemWarning('script-writable-by-others', text, span));
  }
  return problems;
}

function* scriptPaths({
  configuration,
  tree,
}: LintSubject): Generator<{ path: string; span: Span | undefined }> {
  for (const [name, { argv }] of Object.entries(configuration.vrrpScripts)) {
    const block = findBlock(tree, 'vrrp_script', name);
    yield { path: argv[0] ?? '', span: findLine(block, 'script')?.span ?? block?.span };
  }
  for (const [kind, all] of [
    ['vrrp_instance', configuration.notify.instances],
    ['vrrp_sync_group', configuration.notify.groups],
  ] as const) {
    for (const [name, { master, backup, fault, stop, any }] of Object.entries(all)) {
      const block = findBlock(tree, kind, name);
      const commands = {
        notify_master: master,
        notify_backup: backup,
        notify_fault: fault,
        notify_stop: stop,
        notify: any,
      };
      for (const [keyword, command] of Object.entries(commands)) {
        if (command)
          yield { path: command.argv[0] ?? '', span: findLine(block, keyword)?.span ?? block?.span };
      }
    }
  }
}

/** The first component of the path, from the root on, that others may change; undefined if none. */
function weakComponent(path: string, host: LintHost): string | undefined {
  if (!path.startsWith('/')) return undefined;
  const parts = path.split('/').filter(Boolean);
  const components = parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
  return ['/', ...components].find((component) => {
    const found = host.permissions(component);
    // Permissions of a link mean nothing; where it leads to is a path of its own.
    if (found === undefined || found.type === 'symlink') return false;
    if (found.uid !== ROOT) return true;
    const sticky = found.type === 'directory' && (found.mode & STICKY) !== 0;
    return (found.mode & GROUP_OR_OTHERS_WRITE) !== 0 && !sticky;
  });
}
