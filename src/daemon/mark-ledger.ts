import { type Configuration } from '../config/index.js';

/**
 * Remembers which firewall mark nftables_ipvs has given to each virtual_server_group: a configuration counts them anew
 * from the top of the file, and a group that a reload adds further up would take the mark, and with it the connections,
 * of the next one.
 */
export class MarkLedger {
  private marks = new Map<string, number>();
  private next = 0;

  /** The configuration with the marks that its groups had so far; new groups get marks that were never used. */
  settle(configuration: Configuration): Configuration {
    const { ipvsMarks } = configuration;
    const former = this.marks;
    this.marks = new Map();
    if (!ipvsMarks) return configuration;
    const settled = new Map<string, number>();
    const groups = ipvsMarks.groups.map((group) => {
      const key = keyOf(group.group, group.protocol);
      const mark = former.get(key) ?? Math.max(this.next, group.mark);
      this.next = Math.max(this.next, mark + 1);
      this.marks.set(key, mark);
      if (mark !== group.mark) settled.set(key, mark);
      return { ...group, mark };
    });
    if (settled.size === 0) return configuration;
    const { services, details } = configuration;
    const renumbered = Object.entries(services).map(([pool, templates]) => {
      const { group = '', protocol } = details.pools[pool] ?? {};
      const mark = settled.get(keyOf(group, protocol));
      if (mark === undefined) return [pool, templates] as const;
      const marked = templates.map((template) =>
        template.key.kind === 'fwmark' ? { ...template, key: { ...template.key, mark } } : template,
      );
      return [pool, marked] as const;
    });
    return {
      ...configuration,
      services: Object.fromEntries(renumbered),
      ipvsMarks: { ...ipvsMarks, groups },
    };
  }
}

const keyOf = (group: string, protocol = 'UDP'): string => `${protocol} ${group}`;
