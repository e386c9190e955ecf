import { bfd, statics, tracking } from './tracking.js';
import { checkers } from './checkers.js';
import { globalGeneral } from './global-general.js';
import { globalLvs } from './global-lvs.js';
import { globalProcess } from './global-process.js';
import { globalVrrp } from './global-vrrp.js';
import { ownSettings } from './own-settings.js';
import { topLevel } from './top-level.js';
import { type Keyword } from './types.js';
import { virtualServer } from './virtual-server.js';
import { vrrpInstance } from './vrrp-instance.js';
import { vrrpLinks } from './vrrp-links.js';
import { vrrpMore } from './vrrp-more.js';

export type * from './types.js';

/** Every keyword path, in no particular order. */
export const keywords: readonly Keyword[] = [
  ...topLevel,
  ...globalGeneral,
  ...globalProcess,
  ...globalVrrp,
  ...globalLvs,
  ...vrrpInstance,
  ...vrrpLinks,
  ...vrrpMore,
  ...tracking,
  ...statics,
  ...bfd,
  ...virtualServer,
  ...checkers,
  ...ownSettings,
];

const lastNames = new Map<string, string>();

/** "virtual_server/real_server" -> "real_server". The same string each time: readings of a large file share them. */
export function lastName(path: string): string {
  const known = lastNames.get(path);
  if (known !== undefined) return known;
  const name = path.slice(path.lastIndexOf('/') + 1);
  lastNames.set(path, name);
  return name;
}

const byPath = new Map(keywords.map((keyword) => [keyword.path, keyword]));
const byBlock = groupByBlock();

/** The entry of a path. */
export const findKeyword = (path: string): Keyword | undefined => byPath.get(path);

/** The keywords inside a block ('' is the top level), by their last name. */
export const keywordsIn = (block: string): ReadonlyMap<string, Keyword> =>
  byBlock.get(block) ?? new Map<string, Keyword>();

function groupByBlock(): Map<string, Map<string, Keyword>> {
  const blocks = new Map<string, Map<string, Keyword>>();
  for (const keyword of keywords) {
    const cut = keyword.path.lastIndexOf('/');
    const block = cut < 0 ? '' : keyword.path.slice(0, cut);
    const inside = blocks.get(block) ?? new Map<string, Keyword>();
    inside.set(lastName(keyword.path), keyword);
    blocks.set(block, inside);
  }
  return blocks;
}
