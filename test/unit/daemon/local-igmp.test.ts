import { err, ok } from '#base/result.js';
import { LocalIgmp } from '#daemon/local-igmp.js';
import { KernelError } from '#kernel/kernel-error.js';

/** A kernel with one setting. */
function kernel(value: number | undefined, refuses = false) {
  const said: string[] = [];
  const written: number[] = [];
  const igmp = new LocalIgmp(
    { info: (text) => void said.push(text) },
    {
      read: () => value,
      write: (path, next) => {
        if (refuses) return err(new KernelError(`write ${path}`, 30, 'read-only file system'));
        written.push(next);
        value = next;
        return ok(undefined);
      },
    },
  );
  return { igmp, said, written };
}

describe('disable_local_igmp', () => {
  test('silences reports, once, and gives them back', () => {
    const { igmp, written } = kernel(1);
    igmp.apply(true);
    igmp.apply(true);
    expect(written).toEqual([0]);
    igmp.restore();
    igmp.restore();
    expect(written).toEqual([0, 1]);
  });

  test('is undone by a reload without it', () => {
    const { igmp, written } = kernel(1);
    igmp.apply(true);
    igmp.apply(false);
    expect(written).toEqual([0, 1]);
  });

  test('leaves a silence alone that somebody else has made', () => {
    const { igmp, written } = kernel(0);
    igmp.apply(true);
    igmp.restore();
    expect(written).toEqual([]);
  });

  test('says what the kernel refuses, and owes nothing then', () => {
    const { igmp, said, written } = kernel(1, true);
    igmp.apply(true);
    igmp.restore();
    expect(said).toEqual([expect.stringContaining('Unable to write net/ipv4/igmp_link_local_mcast_reports')]);
    expect(written).toEqual([]);
  });
});
