import { inBlock, strictInteger, word } from './entries.js';
import { type Keyword } from './types.js';

/** Keywords that stand outside any block and hold none. */
export const topLevel: readonly Keyword[] = inBlock('', {
  net_namespace: {
    arguments: word('name', { missing: 'report' }),
    repeat: 'first',
    meaning: 'Runs in this network namespace (as `ip netns add` makes it); cannot change on reload.',
    example: 'net_namespace blue',
  },
  net_namespace_ipvs: {
    arguments: word('name', { optional: true }),
    repeat: 'first',
    meaning:
      'Keeps the IPVS tables in another network namespace; without a name, in the default one. Cannot change on reload.',
    example: 'net_namespace_ipvs red',
  },
  namespace_with_ipsets: {
    meaning:
      'Allows ipsets together with net_namespace on kernels before 3.13; on later ones they always are.',
  },
  use_pid_dir: { meaning: 'Keeps pid files in a directory of its own, so that several instances can run.' },
  instance: {
    arguments: word('name', { missing: 'report' }),
    repeat: 'first',
    meaning: 'Names this instance of the daemon: part of the pid file names and of ${_INSTANCE}.',
    example: 'instance blue',
  },
  child_wait_time: {
    arguments: strictInteger('seconds', 0, 4_294_967_295),
    default: '5',
    meaning: 'How long the supervisor waits for its workers to end before it kills them.',
    example: 'child_wait_time 10',
  },
});
