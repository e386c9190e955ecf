import { inBlock, INT_MAX, onOff, UINT_MAX, word } from './entries.js';
import { type Argument, type Keyword } from './types.js';

const bytes: readonly Argument[] = [
  { kind: 'integer', name: 'bytes', min: 0, max: UINT_MAX, missing: 'report' },
];

/** global_defs: IPVS and the health worker. */
export const globalLvs: readonly Keyword[] = [
  ...inBlock('global_defs', {
    checker_log_all_failures: {
      arguments: onOff,
      default: 'off',
      meaning: 'Logs every failed check, not only those that change the state.',
    },
    rs_init_notifies: {
      arguments: onOff,
      default: 'off',
      meaning: 'Runs notify_up or notify_down of each real server also for its first state after the start.',
    },
    lvs_notify_fifo: {
      arguments: [
        { kind: 'path', name: 'path', missing: 'report' },
        { kind: 'user', name: 'user [group]', optional: true },
      ],
      repeat: 'first',
      meaning:
        'A FIFO that gets a line for each state change of a real server or quorum, as notify_fifo does.',
      example: 'lvs_notify_fifo /run/lvs.fifo',
    },
    lvs_notify_fifo_script: {
      arguments: [
        { kind: 'command', name: 'command', missing: 'report' },
        { kind: 'user', name: 'user [group]', optional: true },
      ],
      repeat: 'first',
      needs: 'lvs_notify_fifo',
      meaning: 'Reads lvs_notify_fifo, as notify_fifo_script does notify_fifo.',
      example: 'lvs_notify_fifo_script "/etc/keepalived/lvs-fifo.sh"',
    },
  }),
  ...inBlock('global_defs', {
    lvs_timeouts: {
      arguments: [
        { kind: 'words', name: 'timeouts', syntax: '{tcp|tcpfin|udp} SECONDS…', missing: 'report' },
      ],
      default: "the kernel's",
      meaning: 'Timeouts of IPVS connections, 0 to 31 days.',
      example: 'lvs_timeouts tcp 7200 tcpfin 30 udp 300',
    },
    lvs_flush: { meaning: 'Removes all virtual servers of the kernel at the start.' },
    lvs_flush_on_stop: {
      arguments: [{ kind: 'choice', name: 'what', of: ['VS'], optional: true }],
      default: 'only what was configured, one by one',
      meaning:
        'Removes all virtual servers at the stop; with VS, only ours, each with all its real servers at once.',
      example: 'lvs_flush_on_stop VS',
    },
    lvs_flush_onstop: {
      arguments: [{ kind: 'choice', name: 'what', of: ['VS'], optional: true }],
      sameAs: 'global_defs/lvs_flush_on_stop',
      deprecated: { use: 'lvs_flush_on_stop', reported: false },
      meaning: 'Removes all virtual servers at the stop.',
      example: 'lvs_flush_onstop',
    },
    lvs_sync_daemon: {
      arguments: [
        {
          kind: 'words',
          name: 'daemon',
          syntax:
            'INTERFACE [[inst] INSTANCE] [id 0-255] [maxlen 1-65507] [port 1-65535] [ttl 1-255] [group ADDRESS]',
          missing: 'report',
        },
      ],
      repeat: 'first',
      meaning: 'Synchronises IPVS connections: master where the named instance is master, backup elsewhere.',
      example: 'lvs_sync_daemon eth0 inst VI_1 id 51',
    },
    nftables_ipvs: {
      arguments: word('table', { optional: true }),
      repeat: 'first',
      default: 'off; without a name, keepalived_ipvs',
      needs: 'nftables',
      meaning: 'Turns the ranges of virtual server groups into firewall marks with nftables.',
      example: 'nftables_ipvs keepalived_ipvs',
    },
    nftables_ipvs_priority: {
      arguments: [{ kind: 'integer', name: 'priority', min: -2_147_483_648, max: INT_MAX }],
      default: '-1',
      needs: 'nftables_ipvs',
      meaning: 'Priority of the chains in that table.',
      example: 'nftables_ipvs_priority -1',
    },
    nftables_ipvs_start_fwmark: {
      arguments: [{ kind: 'integer', name: 'mark', min: 1, max: UINT_MAX }],
      default: '1000',
      needs: 'nftables_ipvs',
      meaning: 'The first firewall mark to be used.',
      example: 'nftables_ipvs_start_fwmark 1000',
    },
    lvs_netlink_cmd_rcv_bufs: {
      arguments: bytes,
      meaning: 'Receive buffer of the netlink command socket of the health worker.',
      example: 'lvs_netlink_cmd_rcv_bufs 1048576',
    },
    lvs_netlink_cmd_rcv_bufs_force: {
      arguments: onOff,
      default: 'off',
      meaning: 'Sets that buffer beyond the system limit.',
    },
    lvs_netlink_monitor_rcv_bufs: {
      arguments: bytes,
      meaning: 'Receive buffer of the netlink monitor socket of the health worker.',
      example: 'lvs_netlink_monitor_rcv_bufs 1048576',
    },
    lvs_netlink_monitor_rcv_bufs_force: {
      arguments: onOff,
      default: 'off',
      meaning: 'Sets that buffer beyond the system limit.',
    },
  }),
];
