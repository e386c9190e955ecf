// What of the configuration each worker is told; here: that the one which talks to strangers knows no secret.
import { alertsShare } from '#daemon/shares.js';
import { instance, modelOf, server } from '../config/passes-parts.js';

const KEY = 'k'.repeat(32);
const KEY_HEX = '6b'.repeat(32);

const TEXT = `
global_defs {
  notification_email { ops@example.com }
  smtp_server 192.0.2.25
  #understudy smtp_auth /etc/keepalived/login
}
SSL {
  password s-of-ssl
  key /etc/keepalived/key.pem
}
${instance('VI_1', 51, 'authentication {\nauth_type PASS\nauth_pass s-pass1\n}')}
${instance('VI_2', 52, 'authentication {\nauth_type AH\nauth_pass s-pass2\n}')}
${instance('VI_3', 53, `version 3\nauth_hmac {\nkey 1 ${KEY}\nactive_key 1\n}`)}
${server('', 'HTTP_GET {\nurl {\npath /?token=s-token\nstatus_code 200\n}\n}')}
`;

const MACHINE = {
  files: {
    '/etc/keepalived/login': { text: 'lvs1\ns-login\n', mode: 0o600 },
    '/etc/keepalived/key.pem': { text: 's-key', mode: 0o600 },
  },
};

test('the alerts worker is told of no password, no key, no probe, and of nothing else that only acts', () => {
  const configuration = modelOf(TEXT, MACHINE);
  const all = JSON.stringify(configuration);
  for (const secret of ['s-of-ssl', 's-pass1', 's-pass2', KEY_HEX, 's-token']) expect(all).toContain(secret);
  const share = alertsShare(configuration);
  const told = JSON.stringify(share);
  expect(told).not.toMatch(/s-of-ssl|s-pass|s-token|s-login|s-key/);
  expect(told).not.toContain(KEY_HEX);
  expect(told).not.toContain(KEY);
  expect(Object.keys(share)).not.toContain('probes');
  // How it is done is shown, and where the login is that it has to read for itself.
  expect(share.vrrp.instances.map(({ authentication }) => authentication.type)).toEqual([
    'pass',
    'ah',
    'hmac',
  ]);
  expect(share.details.daemon.mail.loginFile).toBe('/etc/keepalived/login');
});
