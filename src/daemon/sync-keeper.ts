import { type Result } from '../base/result.js';
import { type IpvsDoor } from '../kernel/ipvs.js';
import { KernelError } from '../kernel/kernel-error.js';
import { planSync, type SyncCommand, type SyncDaemon } from '../lvs/index.js';

/** What the keeper needs of the kernel's IPVS. */
export type SyncDoor = Pick<IpvsDoor, 'syncDaemons' | 'startSync' | 'stopSync' | 'close'>;

/** How the kernel is reached, and who is told. */
export interface SyncSurroundings {
  open(): Result<SyncDoor, { readonly text: string }>;
  say(level: 'detail' | 'error', text: string): void;
}

/**
 * Keeps the sync daemons of IPVS as they are wanted. As long as none was ever wanted, those that somebody else has
 * started are left alone.
 */
export class SyncKeeper {
  private door: SyncDoor | undefined;
  private desired: readonly SyncDaemon[] = [];
  /** What was last complained of: it is said once, until something else comes of it. */
  private complaint: string | undefined;
  private closed = false;

  constructor(private readonly around: SyncSurroundings) {}

  /** Not everything runs that should. */
  get incomplete(): boolean {
    return this.complaint !== undefined;
  }

  /** Brings the kernel to exactly these daemons. */
  keep(desired: readonly SyncDaemon[]): void {
    if (this.closed) return;
    this.desired = desired;
    if (desired.length === 0 && !this.door) return;
    const complaints = this.reconcile();
    const complaint = complaints.length > 0 ? complaints.join('; ') : undefined;
    if (complaint !== undefined && complaint !== this.complaint) this.around.say('error', complaint);
    this.complaint = complaint;
  }

  /** Another attempt at what did not work. */
  retry(): void {
    if (this.incomplete) this.keep(this.desired);
  }

  /** Stops what we have started. */
  close(): void {
    this.keep([]);
    this.closed = true;
    this.door?.close();
  }

  /** What could not be done. */
  private reconcile(): readonly string[] {
    const door = this.openDoor();
    if (!door.ok)
      return [`IPVS: Can't initialize ipvs: ${door.error.text}. Connections are not synchronised.`];
    try {
      return planSync(this.desired, door.value.syncDaemons()).flatMap((command) =>
        this.carryOut(door.value, command),
      );
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return [`IPVS: ${error.message}. Connections may not be synchronised.`];
    }
  }

  private carryOut(door: SyncDoor, command: SyncCommand): readonly string[] {
    const start = command.type === 'StartSync';
    const role = start ? command.daemon.role : command.role;
    const outcome = start ? door.startSync(command.daemon) : door.stopSync(command.role);
    const place = start ? ` on ${command.daemon.channel.interface}` : '';
    const what = `${start ? 'start' : 'stop'} sync daemon (${role})${place}`;
    if (!outcome.ok) return [`IPVS: cannot ${what}: ${outcome.error}`];
    this.around.say('detail', `IPVS: ${what}`);
    return [];
  }

  private openDoor(): Result<SyncDoor, { readonly text: string }> {
    if (this.door) return { ok: true, value: this.door };
    const opened = this.around.open();
    if (opened.ok) this.door = opened.value;
    return opened;
  }
}
