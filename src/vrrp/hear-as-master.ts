import { rank, type Rank } from './election.js';
import { learnInterval } from './hear-as-backup.js';
import { type Instance } from './instance.js';
import { type HeardAdvert } from './reception.js';
import { PRIORITY_OWNER, PRIORITY_RESIGN } from './timers.js';

/** MASTER receives an advert (RFC 9568, 6.4.3). */
export function hearAsMaster(instance: Instance, heard: HeardAdvert): void {
  const { source } = instance;
  if (source === undefined) return;
  if (heard.priority === PRIORITY_RESIGN) {
    instance.record('debug', 'resignation-heard', 'Master received priority 0 message');
    instance.advertiser.advertise();
    return;
  }
  const ranking = rank(
    { priority: heard.priority, address: heard.source },
    { priority: instance.effectivePriority, address: source },
  );
  if (ranking === 'higher' && instance.settings.higherPrioritySendAdvert) {
    instance.advertiser.sendOwn();
  }
  const decided = heard.priority === instance.effectivePriority ? onEqual(instance, heard, ranking) : ranking;
  if (decided === 'lower') defend(instance, heard);
  else if (decided === 'higher') stepBack(instance, heard);
}

/** A draw, which somebody's configuration has made; where two own the addresses we may have to give in. */
function onEqual(instance: Instance, heard: HeardAdvert, ranking: Rank): Rank {
  if (ranking === 'same') {
    const text = 'WARNING - equal priority advert received from remote host with our IP address.';
    instance.record('warning', 'advert-from-our-address', text);
    return 'same';
  }
  if (instance.effectivePriority !== PRIORITY_OWNER) return ranking;
  const conflict = `local instance and ${heard.source} are both configured as address owner, please resolve`;
  const reaction = ranking === 'higher' ? 'conflict' : instance.advertiser.rogueOwner.heard(heard.interval);
  if (reaction === 'conflict') {
    instance.record('warning', 'two-owners', `CONFIGURATION ERROR: ${conflict}`);
  } else if (reaction === 'yield') {
    const text = `${heard.source} is still advertising as address owner, please resolve - reducing our priority`;
    instance.record('warning', 'owner-yields', text);
    instance.effectivePriority = PRIORITY_OWNER - 1;
    return 'higher';
  }
  return ranking;
}

/** We are the better master: says so at once, to the other and to whoever believed it (RFC 9568, 6.4.3). */
function defend(instance: Instance, heard: HeardAdvert): void {
  const { effectivePriority: ours, settings } = instance;
  const text =
    `Received advert from ${heard.source} with lower priority ${heard.priority}, ours ${ours}` +
    (settings.lowerPriorityNoAdvert ? '' : ', forcing new election');
  instance.record('info', 'advert-lower-priority', text);
  const outbid = instance.authenticator?.outbid();
  if (outbid !== undefined) instance.record('info', 'sequence-synced', outbid);
  if (!settings.lowerPriorityNoAdvert) instance.advertiser.advertise();
  // The other may have been master of the whole group, and will step back without our hearing of it.
  for (const member of [instance, ...siblings(instance)]) member.announcer.heardLowerPriority();
  instance.notify('MASTER_RX_LOWER_PRI');
}

const siblings = (instance: Instance): readonly Instance[] =>
  instance.group?.members.filter((member) => member !== instance && member.state === 'MASTER') ?? [];

/** There is a better master (RFC 9568, 6.4.3). */
function stepBack(instance: Instance, heard: HeardAdvert): void {
  const { source, priority } = heard;
  const ours = instance.effectivePriority;
  const text =
    priority > ours && instance.settings.priority !== PRIORITY_OWNER
      ? `Master received advert from ${source} with higher priority ${priority}, ours ${ours}`
      : `Master received advert from ${source} with same priority ${priority} but higher IP address than ours`;
  instance.record('info', 'advert-higher-priority', text);
  learnInterval(instance, heard);
  instance.master = { address: source, priority };
  instance.stepBack({
    code: 'higher-priority-advert',
    text: `${source} is master with priority ${priority}, ours is ${ours}`,
  });
}
