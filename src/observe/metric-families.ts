import { type FamilyText } from './openmetrics.js';

/** Every family that is exposed, in the order of the text. Names are never changed; new ones are added. */
export const FAMILIES = {
  understudy_build: { type: 'info', help: 'The release that runs.' },
  understudy_start_time_seconds: {
    ...{ type: 'gauge', unit: 'seconds' },
    help: 'When the daemon was started, in seconds since the Unix epoch.',
  },
  understudy_reloads: { type: 'counter', help: 'Reloads that were taken (accepted) and refused.' },
  understudy_worker_up: { type: 'gauge', help: 'Whether the worker process runs, and answered.' },
  understudy_worker_start_time_seconds: {
    ...{ type: 'gauge', unit: 'seconds' },
    help: 'When the worker process was started, in seconds since the Unix epoch.',
  },
  understudy_worker_respawns: { type: 'counter', help: 'How often a worker was started again.' },
  understudy_timer_late: {
    type: 'counter',
    help: 'Deadlines of the protocol that were met 2 ms late or more, so that the sockets were looked at first.',
  },
  understudy_timer_lateness_worst_seconds: {
    ...{ type: 'gauge', unit: 'seconds' },
    help: 'How late the worst of them was.',
  },
  understudy_stalls: { type: 'counter', help: 'Times that a worker was scheduled 20 ms late or more.' },
  understudy_stall_longest_seconds: { ...{ type: 'gauge', unit: 'seconds' }, help: 'The longest of them.' },

  understudy_vrrp_instance: { type: 'info', help: 'What a vrrp_instance is.' },
  understudy_vrrp_state: { type: 'stateset', help: 'The state of a vrrp_instance.' },
  understudy_vrrp_priority: { type: 'gauge', help: 'Priority after tracking.' },
  understudy_vrrp_configured_priority: { type: 'gauge', help: 'Priority in the configuration.' },
  understudy_vrrp_transitions: { type: 'counter', help: 'Changes of state, by what caused them.' },
  understudy_vrrp_last_transition_time_seconds: {
    ...{ type: 'gauge', unit: 'seconds' },
    help: 'When the state last changed, in seconds since the Unix epoch.',
  },
  understudy_vrrp_adverts_sent: { type: 'counter', help: 'Adverts sent.' },
  understudy_vrrp_adverts_received: { type: 'counter', help: 'Valid adverts received.' },
  understudy_vrrp_adverts_rejected: {
    type: 'counter',
    help: 'Adverts that were dropped, by reason.',
  },
  understudy_vrrp_adverts_complained: {
    type: 'counter',
    help: 'Adverts that were believed although something was wrong with them, by what it was.',
  },
  understudy_vrrp_adverts_unclaimed: {
    type: 'counter',
    help: 'Adverts that belong to no instance, by reason.',
  },
  understudy_vrrp_priority_zero_sent: { type: 'counter', help: 'Adverts of priority 0 sent.' },
  understudy_vrrp_priority_zero_received: { type: 'counter', help: 'Adverts of priority 0 received.' },
  understudy_vrrp_send_errors: { type: 'counter', help: 'Adverts that the kernel did not send.' },
  understudy_vrrp_gratuitous_arps_sent: {
    type: 'counter',
    help: 'Gratuitous ARPs and unsolicited NAs sent.',
  },
  understudy_vrrp_master_down_interval_seconds: {
    ...{ type: 'gauge', unit: 'seconds' },
    help: 'How long a backup hears nothing before it takes over.',
  },
  understudy_vrrp_master_down_used_ratio: {
    ...{ type: 'gauge', unit: 'ratio' },
    help: 'The share of that interval which had passed when the latest advert came: at 1 there is a takeover.',
  },
  understudy_vrrp_master_down_used_worst_ratio: {
    ...{ type: 'gauge', unit: 'ratio' },
    help: 'The greatest such share since the worker was started: how near a false takeover has been.',
  },
  understudy_vrrp_sync_group_state: { type: 'stateset', help: 'The state of a vrrp_sync_group.' },
  understudy_vrrp_script_up: { type: 'gauge', help: 'Whether a vrrp_script counts as successful.' },
  understudy_script_duration_seconds: {
    ...{ type: 'summary', unit: 'seconds' },
    help: 'How long scripts took: those that are tracked, and those that are told of changes.',
  },

  understudy_bfd_session_up: { type: 'gauge', help: 'Whether a BFD session is up.' },

  understudy_pool_quorum_up: { type: 'gauge', help: 'Whether a virtual server has its quorum.' },
  understudy_pool_quorum: { type: 'gauge', help: 'The weight that makes its quorum.' },
  understudy_pool_weight: { type: 'gauge', help: 'The weight of its real servers that serve, together.' },
  understudy_pool_real_servers: { type: 'gauge', help: 'How many real servers it has, alive and dead.' },
  understudy_pool_sorry_server_in_use: { type: 'gauge', help: 'Whether its sorry server takes the traffic.' },
  understudy_real_server_up: { type: 'gauge', help: 'Whether no checker holds a real server down.' },
  understudy_real_server_weight: { type: 'gauge', help: 'The weight of a real server, as checks left it.' },
  understudy_check_duration_seconds: {
    ...{ type: 'histogram', unit: 'seconds' },
    help: 'How long checks of the real servers of a virtual server took.',
  },

  understudy_ipvs_connections: {
    type: 'counter',
    help: 'Connections that IPVS has made for a virtual server.',
  },
  understudy_ipvs_received_bytes: {
    ...{ type: 'counter', unit: 'bytes' },
    help: 'Bytes from clients to a virtual server.',
  },
  understudy_ipvs_sent_bytes: {
    ...{ type: 'counter', unit: 'bytes' },
    help: 'Bytes from a virtual server to clients, as far as they pass this host.',
  },
  understudy_ipvs_real_server_connections: {
    type: 'counter',
    help: 'Connections that IPVS has given to a real server.',
  },
  understudy_ipvs_real_server_active_connections: {
    type: 'gauge',
    help: 'Connections of a real server that are active now.',
  },

  understudy_fifo_lines_written: { type: 'counter', help: 'Lines written to a notify FIFO.' },
  understudy_fifo_lines_missed: { type: 'counter', help: 'Lines that its reader was too slow for.' },
  understudy_fifo_lines_waiting: { type: 'gauge', help: 'Lines that wait for its reader.' },

  understudy_mail_alerts_waiting: { type: 'gauge', help: 'Alerts that wait for the mail server.' },
  understudy_mail_alerts_sent: { type: 'counter', help: 'Alerts that the mail server took.' },
  understudy_mail_alerts_lost: { type: 'counter', help: 'Alerts that were given up.' },
  understudy_mail_failures: { type: 'counter', help: 'Tries to send a mail that failed.' },
} as const satisfies Readonly<Record<string, FamilyText>>;

export type FamilyName = keyof typeof FAMILIES;
