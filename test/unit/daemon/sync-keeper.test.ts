import { err, ok, type Result } from '#base/result.js';
import { SyncKeeper } from '#daemon/sync-keeper.js';
import { type SyncDaemon, type SyncRole } from '#lvs/index.js';

const channel = { interface: 'eth0', id: 1 };
const master: SyncDaemon = { role: 'master', channel };
const backup: SyncDaemon = { role: 'backup', channel };

/** A kernel that runs the daemons that it is told to, on interfaces that are up. */
class FakeSync {
  running: SyncDaemon[] = [];
  readonly log: string[] = [];
  down = false;
  opened = 0;

  syncDaemons(): readonly SyncDaemon[] {
    return this.running;
  }
  startSync(daemon: SyncDaemon): Result<void, string> {
    this.log.push(`start ${daemon.role}`);
    if (this.down) return err('No such interface, or it is down');
    this.running.push(daemon);
    return ok(undefined);
  }
  stopSync(role: SyncRole): Result<void, string> {
    this.log.push(`stop ${role}`);
    this.running = this.running.filter((each) => each.role !== role);
    return ok(undefined);
  }
  close(): void {
    this.log.push('close');
  }
}

function rig(available = true) {
  const kernel = new FakeSync();
  const errors: string[] = [];
  const keeper = new SyncKeeper({
    open: () => {
      kernel.opened += 1;
      return available ? ok(kernel) : err({ text: 'no module' });
    },
    say: (level, text) => level === 'error' && errors.push(text),
  });
  return { kernel, errors, keeper };
}

describe('the sync daemons of IPVS', () => {
  test('of somebody else are left alone while none is wanted', () => {
    const { kernel, keeper } = rig();
    kernel.running = [master];
    keeper.keep([]);
    keeper.close();
    expect(kernel).toMatchObject({ opened: 0, running: [master] });
  });

  test('follow what is wanted, and go at the end', () => {
    const { kernel, keeper } = rig();
    keeper.keep([backup]);
    keeper.keep([master]);
    keeper.keep([master]);
    keeper.close();
    keeper.keep([master]);
    expect(kernel.log).toEqual(['start backup', 'stop backup', 'start master', 'stop master', 'close']);
    expect(kernel.opened).toBe(1);
  });

  test('that a predecessor has started go on', () => {
    const { kernel, keeper } = rig();
    kernel.running = [master];
    keeper.keep([master]);
    expect(kernel.log).toEqual([]);
  });

  test('that cannot be started are complained of once, and tried again when interfaces change', () => {
    const { kernel, errors, keeper } = rig();
    kernel.down = true;
    keeper.keep([master]);
    keeper.retry();
    expect(errors).toEqual([
      'IPVS: cannot start sync daemon (master) on eth0: No such interface, or it is down',
    ]);
    kernel.down = false;
    keeper.retry();
    expect(kernel.running).toEqual([master]);
    expect(keeper.incomplete).toBe(false);
    keeper.retry();
    expect(kernel.log).toHaveLength(3);
  });

  test('are an error, once, where there is no IPVS', () => {
    const { errors, keeper } = rig(false);
    keeper.keep([master]);
    keeper.retry();
    expect(errors).toEqual(["IPVS: Can't initialize ipvs: no module. Connections are not synchronised."]);
  });
});
