import { authenticatorOf, type Authenticator } from './authenticator.js';
import { type Complaint } from './complaint.js';
import { type AdvertReceived } from './event.js';
import { hearAsBackup } from './hear-as-backup.js';
import { hearAsMaster } from './hear-as-master.js';
import { type Instance } from './instance.js';
import { AdvertJudge } from './repeated-advert.js';
import { type Authentication } from './settings.js';
import { PRIORITY_OWNER, PRIORITY_RESIGN } from './timers.js';

/** What an instance makes of the packets that are for it: it hears those that may be believed, and says once why not. */
export class Listener {
  /** What proves where adverts come from, beyond their own fields. */
  authenticator: Authenticator | undefined;
  private readonly judge = new AdvertJudge();
  /** Complaints that the log has already seen, by code. */
  private readonly complained = new Set<string>();

  constructor(private readonly instance: Instance) {
    this.authenticator = authenticatorOf(instance.settings, instance.context);
  }

  /** One packet. */
  receive(event: AdvertReceived): void {
    const { instance, authenticator } = this;
    const { context, settings, counters } = instance;
    // In INIT and FAULT there is nothing to hear (RFC 9568, 6.4.1).
    if (context.quiet || instance.state === 'INIT' || instance.state === 'FAULT') {
      context.verdict = { instance: instance.name, code: 'not-listening' };
      return;
    }
    instance.yieldIfOverdue();
    const newMaster = instance.state === 'BACKUP' && event.source !== instance.master?.address;
    const checkAddresses = newMaster || instance.state === 'MASTER' || !settings.skipCheckAdvertAddresses;
    const ignoresAdverts = settings.ownerIgnoresAdverts && instance.effectivePriority === PRIORITY_OWNER;
    const verdict = this.judge.judge(event, settings, { checkAddresses, ignoresAdverts, authenticator });
    context.verdict = {
      instance: instance.name,
      code: verdict.accepted ? 'accepted' : verdict.complaint.code,
    };
    context.complaints = verdict.accepted ? verdict.complaints : [verdict.complaint];
    if (!verdict.accepted) {
      counters.countDrop(verdict.complaint.code);
      this.complain(verdict.complaint);
      return;
    }
    if (verdict.oldChecksum && instance.advertiser.learnOldChecksum()) {
      instance.record('info', 'old-checksum-learned', 'Setting unicast VRRPv3 checksum to old version');
    }
    for (const complaint of verdict.complaints) {
      counters.countComplaint(complaint.code);
      this.complain(complaint);
    }
    counters.count('advertsReceived');
    if (verdict.advert.priority === PRIORITY_RESIGN) counters.count('priorityZeroReceived');
    if (instance.state === 'MASTER') hearAsMaster(instance, verdict.advert);
    else hearAsBackup(instance, verdict.advert, newMaster);
  }

  /** Says what is wrong with an advert; the log hears of each kind once, until something changes. */
  complain(complaint: Complaint): void {
    if (this.complained.has(complaint.code)) return;
    this.complained.add(complaint.code);
    this.instance.record('info', complaint.code, complaint.text);
  }

  /** Everything that was complained of may be complained of again. */
  forgetComplaints(): void {
    this.complained.clear();
  }

  /**
   * A reload has changed the settings. Sequences go on where it leaves the kind of authentication as it is.
   * @param before the kind of authentication until now.
   */
  reconfigure(before: Authentication['type']): void {
    const { settings, context } = this.instance;
    if (settings.authentication.type === before) this.authenticator?.reconfigure(settings);
    else this.authenticator = authenticatorOf(settings, context);
    this.forgetComplaints();
  }
}
