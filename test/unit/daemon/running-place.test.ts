import { DEFAULT_PID_FILES, runningPlace, unsupportedChange } from '#daemon/running-place.js';

const alone = { usePidDirectory: false };

describe('where a daemon runs', () => {
  test('alone on its host it has the pid files that keepalived has', () => {
    expect(runningPlace(DEFAULT_PID_FILES, alone)).toEqual({
      pidFiles: {
        pidFile: '/run/keepalived.pid',
        vrrpPidFile: '/run/vrrp.pid',
        checkersPidFile: '/run/checkers.pid',
        bfdPidFile: '/run/bfd.pid',
      },
      identSuffix: '',
    });
  });

  test('use_pid_dir moves them into a directory', () => {
    const { pidDirectory, pidFiles } = runningPlace(DEFAULT_PID_FILES, { usePidDirectory: true });
    expect([pidDirectory, pidFiles.pidFile]).toEqual(['/run/keepalived', '/run/keepalived/keepalived.pid']);
  });

  test('instance and net_namespace are part of the names', () => {
    const naming = { ...alone, instanceName: 'blue', networkNamespace: 'red' };
    expect(runningPlace(DEFAULT_PID_FILES, naming)).toEqual({
      pidDirectory: '/run/keepalived/red',
      pidFiles: {
        pidFile: '/run/keepalived/red/keepalived_blue.pid',
        vrrpPidFile: '/run/keepalived/red/vrrp_blue.pid',
        checkersPidFile: '/run/keepalived/red/checkers_blue.pid',
        bfdPidFile: '/run/keepalived/red/bfd_blue.pid',
      },
      identSuffix: '_red_blue',
    });
  });

  test('the command line has the last word', () => {
    const flags = { ...DEFAULT_PID_FILES, pidFile: '/run/mine.pid' };
    const { pidFiles } = runningPlace(flags, { ...alone, instanceName: 'blue' });
    expect([pidFiles.pidFile, pidFiles.vrrpPidFile]).toEqual([
      '/run/mine.pid',
      '/run/keepalived/vrrp_blue.pid',
    ]);
  });

  test.each([
    [{ networkNamespace: 'red' }, { networkNamespace: 'blue' }, 'network namespace'],
    [{}, { networkNamespace: 'blue' }, 'network namespace'],
    [{ instanceName: 'a' }, {}, 'instance name'],
  ])('a reload from %j to %j is refused', (running, wanted, what) => {
    expect(unsupportedChange({ ...alone, ...running }, { ...alone, ...wanted })).toBe(
      `Cannot change ${what} at a reload - please restart`,
    );
  });

  test('a reload that leaves the names alone is not', () => {
    const naming = { ...alone, instanceName: 'a', networkNamespace: 'red' };
    expect(unsupportedChange(naming, { ...naming, usePidDirectory: true })).toBeUndefined();
  });
});
