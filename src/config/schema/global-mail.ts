import { inBlock, onOff, UINT_MAX_MICROS_S, wholeSeconds, word } from './entries.js';
import { type Keyword } from './types.js';

/** Mails about what happens. */
export const globalMail: readonly Keyword[] = [
  ...inBlock('global_defs', {
    notification_email_from: {
      extraWords: 'report',
      arguments: word('address', { missing: 'report' }),
      default: 'user@host of the daemon',
      meaning: 'The sender of mails.',
      example: 'notification_email_from lvs@example.net',
    },
    notification_email: {
      block: 'freeform',
      lines: 'ADDRESS…',
      repeat: 'each',
      meaning: 'Who gets mails about state changes.',
      example: 'notification_email {\n    ops@example.net\n}',
    },
    smtp_server: {
      arguments: [
        { kind: 'word', name: 'host' },
        { kind: 'integer', name: 'port', min: 1, max: 65535, optional: true, lenient: true },
      ],
      default: 'no mail is sent',
      meaning: 'The mail server, by name or address, and its port (25).',
      example: 'smtp_server 192.0.2.25 25',
    },
    smtp_helo_name: {
      arguments: word('name', { optional: true }),
      default: "the host's name",
      meaning: 'What mails say HELO with.',
      example: 'smtp_helo_name lvs1.example.net',
    },
    smtp_connect_timeout: {
      arguments: wholeSeconds('seconds', 0, UINT_MAX_MICROS_S, { raiseTo: 1 }),
      default: '30',
      meaning: 'How long the mail server may take.',
      example: 'smtp_connect_timeout 10',
    },
    smtp_alert: {
      arguments: onOff,
      default: 'off for VRRP and quorums, on for real servers',
      meaning: 'Sends mails, unless smtp_alert_vrrp, smtp_alert_checker or the object says otherwise.',
    },
    smtp_alert_vrrp: {
      arguments: onOff,
      default: 'as smtp_alert',
      meaning: 'Sends mails about VRRP state changes.',
    },
    smtp_alert_checker: {
      arguments: onOff,
      default: 'as smtp_alert',
      meaning: 'Sends mails about real servers and quorums.',
    },
    no_email_faults: { meaning: 'Sends no mail when an instance enters FAULT.' },
    no_checker_emails: {
      arguments: onOff,
      default: 'off',
      meaning: 'Sends mails about real servers only when they come or go, not for each checker.',
    },
  }),
];
