import { inBlock, integer } from './entries.js';
import { type BlockText, type Keyword } from './types.js';

/** Understudy's own settings: comments to keepalived, so that one file stays valid for both. */
const own = (block: BlockText): BlockText =>
  Object.fromEntries(Object.entries(block).map(([name, text]) => [name, { ...text, ours: true }]));

export const ownSettings: readonly Keyword[] = inBlock(
  'vrrp_instance',
  own({
    vip_lease: {
      arguments: integer('seconds', 1, 3600, { optional: true }),
      default: 'no lease; without a number, a second less than the backups wait at least',
      meaning:
        'Installs the addresses of the instance with a lifetime of so many seconds and renews it with the adverts: ' +
        'if all of the daemon is killed or hangs, the kernel removes them by itself. It may take a second longer.',
      example: '#understudy vip_lease',
    },
  }),
);
