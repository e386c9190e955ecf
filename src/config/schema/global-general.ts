import { globalMail } from './global-mail.js';
import { inBlock, integer, onOff, seconds, strictInteger, word } from './entries.js';
import { UINT_MAX } from './entries.js';
import { type Argument, type Keyword } from './types.js';

const path: readonly Argument[] = [{ kind: 'path', name: 'file' }];
const pathOrReport: readonly Argument[] = [{ kind: 'path', name: 'file', missing: 'report' }];
const processName = word('name', { maxBytes: 15, truncate: true });
const fifo: readonly Argument[] = [
  { kind: 'path', name: 'path', missing: 'report' },
  { kind: 'user', name: 'user [group]', optional: true },
];
const fifoScript: readonly Argument[] = [
  { kind: 'command', name: 'command', missing: 'report' },
  { kind: 'user', name: 'user [group]', optional: true },
];

/** global_defs: the daemon as a whole, its processes, files, mail, SNMP and D-Bus. */
export const globalGeneral: readonly Keyword[] = [
  ...inBlock('', {
    global_defs: {
      block: 'block',
      repeat: 'each',
      meaning: 'Settings of the daemon as a whole, and defaults for all instances.',
      example: 'global_defs {\n    router_id lvs1\n}',
    },
  }),
  ...inBlock('global_defs', {
    router_id: {
      arguments: word('name', { missing: 'report' }),
      default: "the host's name",
      meaning: 'How this director calls itself in mails, SNMP and dumps.',
      example: 'router_id lvs1',
    },
    script_user: {
      arguments: [{ kind: 'user', name: 'user [group]', missing: 'report' }],
      default: 'keepalived_script if that user exists, otherwise root',
      meaning: 'Who runs scripts that name no user of their own.',
      example: 'script_user nobody',
    },
    enable_script_security: {
      meaning: 'Refuses to run a script as root if any part of its path can be written by others.',
    },
    process_names: {
      meaning: 'Gives each worker process a name of its own in ps: keepalived_vrrp and so on.',
    },
    process_name: {
      arguments: processName,
      meaning: 'The name of the supervisor in ps.',
      example: 'process_name director',
    },
    vrrp_process_name: {
      arguments: processName,
      meaning: 'The name of the VRRP worker in ps.',
      example: 'vrrp_process_name director_vrrp',
    },
    checker_process_name: {
      arguments: processName,
      meaning: 'The name of the health worker in ps.',
      example: 'checker_process_name director_lvs',
    },
    lvs_process_name: {
      arguments: processName,
      sameAs: 'global_defs/checker_process_name',
      deprecated: { use: 'checker_process_name', reported: false },
      meaning: 'The name of the health worker in ps.',
      example: 'lvs_process_name director_lvs',
    },
    bfd_process_name: {
      arguments: processName,
      meaning: 'The name of the BFD worker in ps.',
      example: 'bfd_process_name director_bfd',
    },
    process_monitor_rcv_bufs: {
      arguments: [{ kind: 'integer', name: 'bytes', min: 0, max: UINT_MAX, missing: 'report' }],
      meaning: 'Receive buffer of the process connector.',
      example: 'process_monitor_rcv_bufs 1048576',
    },
    process_monitor_rcv_bufs_force: {
      arguments: onOff,
      default: 'off',
      meaning: 'Sets that buffer beyond the system limit.',
    },
    umask: {
      arguments: [
        {
          kind: 'words',
          name: 'mask',
          syntax: 'NUMBER | BIT[|BIT]…, with BIT one of I{R,W,X}{USR,GRP,OTH}, IRWXU, IRWXG, IRWXO',
        },
      ],
      default: '0177; -u goes before it',
      meaning: 'The file mode creation mask for all files that the daemon writes.',
      example: 'umask IRWXG | IRWXO',
    },
    random_seed: {
      arguments: strictInteger('seed', 0, UINT_MAX),
      meaning: 'Makes ${_RANDOM} give the same numbers at every start.',
      example: 'random_seed 123456',
    },
    include_check: {
      arguments: [
        {
          kind: 'words',
          name: 'kinds',
          syntax: '[+|-]{read|match|wildcard_match|brace_match}…',
          optional: true,
        },
      ],
      repeat: 'each',
      default: 'missing includes are reported and ignored',
      meaning: 'Which failures of include lines make the configuration invalid; without a word, all.',
      example: 'include_check read +wildcard_match',
    },
    startup_script: {
      arguments: fifoScript,
      repeat: 'first',
      meaning:
        'Runs before the workers are started, and is waited for, whatever it comes to. A reload does not run it.',
      example: 'startup_script "/etc/keepalived/up.sh"',
    },
    shutdown_script: {
      arguments: fifoScript,
      repeat: 'first',
      meaning: 'Runs after the workers have ended.',
      example: 'shutdown_script "/etc/keepalived/down.sh"',
    },
    startup_script_timeout: {
      arguments: integer('seconds', 1, 1000, { missing: 'report' }),
      default: '10',
      meaning:
        'How long startup_script may take before its process group gets TERM, and two seconds later KILL.',
      example: 'startup_script_timeout 30',
    },
    shutdown_script_timeout: {
      arguments: integer('seconds', 1, 1000, { missing: 'report' }),
      default: '10',
      meaning:
        'How long shutdown_script may take before its process group gets TERM, and two seconds later KILL.',
      example: 'shutdown_script_timeout 30',
    },
    max_auto_priority: {
      arguments: integer('priority', -1, 99, { optional: true }),
      default: 'not used; without a number, 99',
      meaning:
        'Real-time priority up to which a worker raises itself, one at a time, when it was scheduled too late. ' +
        '0 or -1: never; the VRRP worker then does not start at real-time priority 1 by itself either.',
      example: 'max_auto_priority 90',
    },
    min_auto_priority_delay: {
      arguments: integer('microseconds', 1, 10_000_000, { missing: 'report' }),
      default: '1000000',
      meaning: 'How late a worker must have been scheduled before it raises its priority.',
      example: 'min_auto_priority_delay 500000',
    },
    iproute_usr_dir: {
      extraWords: 'reject',
      arguments: [{ kind: 'path', name: 'directory', missing: 'report' }],
      meaning: "Where iproute2 keeps the system's names of tables, protocols and scopes.",
      example: 'iproute_usr_dir /usr/share/iproute2',
    },
    iproute_etc_dir: {
      extraWords: 'reject',
      arguments: [{ kind: 'path', name: 'directory', missing: 'report' }],
      meaning: "Where iproute2 keeps this host's names of tables, protocols and scopes.",
      example: 'iproute_etc_dir /etc/iproute2',
    },
    use_symlink_paths: {
      arguments: onOff,
      default: 'off',
      meaning: 'Runs scripts by the path given instead of the one that symbolic links lead to.',
    },
    set_supplementary_groups: {
      arguments: onOff,
      default: 'off',
      needs: 'setpriv (util-linux)',
      meaning: 'Runs scripts with all groups of their user instead of the first alone.',
    },
    reload_check_config: {
      arguments: [{ kind: 'path', name: 'log file', optional: true }],
      default: 'off; without a file, /dev/null',
      meaning:
        'A reload takes only a configuration that -t would pass; what is wrong with it stands in this file.',
      example: 'reload_check_config /var/log/keepalived-config.log',
    },
    reload_time_file: {
      extraWords: 'reject',
      arguments: pathOrReport,
      meaning:
        'A file whose first line is when to reload: HH:MM:SS, YY-MM-DD HH:MM:SS or YYYY-MM-DD HH:MM:SS, with a Z ' +
        'behind it for UTC. It is followed as it changes, and removed at the reload.',
      example: 'reload_time_file /etc/keepalived/reload-at',
    },
    reload_repeat: {
      needs: 'reload_time_file',
      meaning: 'A time without a day in reload_time_file comes every day: the file stays.',
    },
    reload_file: {
      arguments: [{ kind: 'path', name: 'file', optional: true }],
      default: 'none; without a path, keepalived.reload beside the pid file',
      meaning:
        'A file that exists, empty, while a reload reads the configuration, so that nobody changes it meanwhile.',
      example: 'reload_file /run/keepalived.hold',
    },
    config_save_dir: {
      arguments: path,
      meaning: 'A directory that keeps each configuration that was read, as keepalived.conf.PID.NUMBER.',
      example: 'config_save_dir /tmp',
    },
    tmp_config_directory: {
      arguments: [{ kind: 'path', name: 'directory', missing: 'report' }],
      repeat: 'first',
      default: 'memory',
      meaning:
        'Where keepalived keeps the text between its processes; ours hand on what was understood, and need no file.',
      example: 'tmp_config_directory /tmp',
    },
    notify_fifo: {
      arguments: fifo,
      repeat: 'first',
      meaning:
        'A FIFO that gets a line for each state change of VRRP and real servers. It is made, given to the user and ' +
        'group (script_user unless told), and removed at the end; one that is there is used if it is ours or theirs. ' +
        'A reader that is slow or absent delays nothing: beyond 64 KiB and 1000 lines the oldest are lost, and counted.',
      example: 'notify_fifo /run/keepalived.fifo root',
    },
    notify_fifo_script: {
      arguments: fifoScript,
      repeat: 'first',
      needs: 'notify_fifo',
      meaning:
        'Started with the path of notify_fifo behind its arguments, to read from it; anew at each reload, and ended after the stop.',
      example: 'notify_fifo_script "/etc/keepalived/fifo.sh"',
    },
    fifo_write_vrrp_states_on_reload: {
      meaning:
        'Writes the states of groups and instances that a reload did not change to the FIFOs, too: those of masters as well.',
    },
  }),
  ...inBlock('global_defs', {
    data_use_instance: {
      arguments: onOff,
      default: 'off',
      meaning: 'Puts the instance and network namespace names into the names of dump files.',
    },
    json_version: {
      arguments: integer('version', 1, 2, { missing: 'report' }),
      default: '1',
      meaning: 'The layout of the JSON dump.',
      example: 'json_version 2',
    },
    state_dump_file: {
      extraWords: 'reject',
      arguments: pathOrReport,
      default: '/tmp/keepalived.data',
      meaning: 'Where signal USR1 writes the state.',
      example: 'state_dump_file /run/keepalived.data',
    },
    stats_dump_file: {
      extraWords: 'reject',
      arguments: pathOrReport,
      default: '/tmp/keepalived.stats',
      meaning: 'Where signal USR2 writes the statistics.',
      example: 'stats_dump_file /run/keepalived.stats',
    },
    json_dump_file: {
      extraWords: 'reject',
      arguments: pathOrReport,
      default: '/tmp/keepalived.json',
      meaning: 'Where the JSON dump is written.',
      example: 'json_dump_file /run/keepalived.json',
    },
    enable_dbus: { meaning: 'Offers org.keepalived.Vrrp1 on the system bus: states, signals, methods.' },
    dbus_service_name: {
      arguments: word('name', { missing: 'report' }),
      default: 'org.keepalived.Vrrp1',
      meaning: 'The name taken on the bus.',
      example: 'dbus_service_name org.keepalived.Vrrp2',
    },
    dbus_no_interface_name: {
      arguments: word('name', { missing: 'report' }),
      default: 'none',
      meaning: 'Stands for the interface in object paths of instances without one.',
      example: 'dbus_no_interface_name none',
    },
  }),
  ...globalMail,
  ...inBlock('global_defs', {
    snmp_socket: {
      extraWords: 'reject',
      arguments: word('socket', { missing: 'report' }),
      repeat: 'first',
      default: 'unix:/var/agentx/master',
      needs: 'SNMP',
      meaning:
        'Where the AgentX master agent (snmpd) listens: unix:PATH, a path, tcp:HOST:PORT, tcp:PORT or HOST:PORT.',
      example: 'snmp_socket tcp:localhost:705',
    },
    enable_traps: { needs: 'SNMP', meaning: 'Sends the traps of those MIBs that are enabled.' },
    enable_snmp_vrrp: { needs: 'SNMP', meaning: 'Serves the VRRP part of KEEPALIVED-MIB.' },
    enable_snmp_keepalived: {
      sameAs: 'global_defs/enable_snmp_vrrp',
      needs: 'SNMP',
      deprecated: { use: 'enable_snmp_vrrp', reported: false },
      meaning: 'Serves the VRRP part of KEEPALIVED-MIB.',
    },
    enable_snmp_rfc: { needs: 'SNMP', meaning: 'Serves VRRP-MIB and VRRPV3-MIB.' },
    enable_snmp_rfcv2: { needs: 'SNMP', meaning: 'Serves VRRP-MIB (RFC 2787).' },
    enable_snmp_rfcv3: { needs: 'SNMP', meaning: 'Serves VRRPV3-MIB (RFC 6527).' },
    enable_snmp_checker: {
      needs: 'SNMP',
      meaning: 'Serves the virtual and real servers of KEEPALIVED-MIB.',
    },
    snmp_vs_stats_update_interval: {
      arguments: seconds('seconds', 0.001, 30),
      default: '5',
      needs: 'SNMP',
      meaning: 'How old statistics of virtual servers may be.',
      example: 'snmp_vs_stats_update_interval 5',
    },
    snmp_rs_stats_update_interval: {
      arguments: seconds('seconds', 0.001, 30),
      default: '0 (with those of the virtual server)',
      needs: 'SNMP',
      meaning: 'How old statistics of real servers may be.',
      example: 'snmp_rs_stats_update_interval 5',
    },
  }),
];
