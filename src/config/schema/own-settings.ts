import { inBlock, integer, word } from './entries.js';
import { type BlockText, type Keyword } from './types.js';

/** Understudy's own settings: comments to keepalived, so that one file stays valid for both. */
const own = (block: BlockText): BlockText =>
  Object.fromEntries(Object.entries(block).map(([name, text]) => [name, { ...text, ours: true }]));

export const ownSettings: readonly Keyword[] = [
  ...inBlock(
    'vrrp_instance',
    own({
      vip_lease: {
        arguments: integer('seconds', 1, 3600, { optional: true }),
        default: 'no lease; without a number, a second less than the backups wait at least',
        meaning:
          'Installs the addresses of the instance with a lifetime of so many seconds and renews it with the adverts: ' +
          'if all of the daemon is killed or hangs, the kernel removes them by itself. It may take a second longer.',
        example: '#understudy vip_lease',
      },
    }),
  ),
  ...inBlock(
    'global_defs',
    own({
      smtp_tls: {
        arguments: [
          { kind: 'choice', name: 'from', of: ['starttls', 'connect'], optional: true },
          { kind: 'path', name: 'ca_file', optional: true },
        ],
        default: 'mails cross in the clear, as with keepalived',
        needs: 'smtp_server',
        meaning:
          'Sends mails over TLS only: after STARTTLS (mostly port 25 or 587), or from the first byte (connect, mostly port ' +
          '465). The certificate must be for the host that smtp_server names; a CA of your own goes into a file.',
        example: '#understudy smtp_tls starttls /etc/ssl/certs/ca-certificates.crt',
      },
      metrics_listen: {
        arguments: [{ kind: 'word', name: 'address:port' }],
        default: 'metrics are at the control socket alone',
        meaning:
          'Offers GET /metrics (OpenMetrics) there, to whoever can connect: let it be an address that only the scraper reaches.',
        example: '#understudy metrics_listen 127.0.0.1:9650',
      },
      smtp_auth: {
        arguments: [{ kind: 'path', name: 'file' }],
        default: 'no login',
        needs: 'smtp_server, and better smtp_tls',
        meaning:
          "Logs in at the mail server: the user's name is the first line of the file, the password the second. Only root " +
          'should be able to read it; it is read anew for each mail.',
        example: '#understudy smtp_auth /etc/keepalived/smtp.login',
      },
    }),
  ),
  ...inBlock(
    'virtual_server',
    own({
      serve_when_master: {
        arguments: word('instance', { missing: 'report' }),
        default: 'it serves always',
        meaning:
          'The service stands in IPVS only while this vrrp_instance is MASTER here. Checks go on all the time, so that ' +
          'a takeover finds a pool that is true. What stands when the daemon starts stays until the instance is known ' +
          'to be master or not. Two directors that are real servers of each other need it: without it they pass one ' +
          'packet back and forth for ever.',
        example: '#understudy serve_when_master VI_1',
      },
    }),
  ),
];
