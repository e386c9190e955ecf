import { parseIpAddress } from '../../base/address.js';
import { type SnmpFacts } from './facts.js';
import { tableSeries, scalarSeries, type Scalar, type Series } from './mib-view.js';
import { address, addressType, gauge, integer, text, truth, wholeSeconds } from './values.js';

/** KEEPALIVED-MIB: enterprises.debian.project.keepalived. */
export const KEEPALIVED = [1, 3, 6, 1, 4, 1, 9586, 100, 5] as const;
export const KEEPALIVED_GLOBAL = [...KEEPALIVED, 1];
export const ROUTER_ID = [...KEEPALIVED_GLOBAL, 2];

/** on(1), off(2) or unset(3). */
const threefold = (alert: boolean | undefined) => integer(alert === undefined ? 3 : alert ? 1 : 2);

const FLUSH_ON_STOP = { all: 1, no: 2, VS: 3 } as const;

/** The group `global` of KEEPALIVED-MIB. */
export function keepalivedGlobal({ configuration, version }: SnmpFacts): readonly Series[] {
  const { global, details } = configuration;
  const { mail, snmp, lvs, interfaces, dbus, networkNamespace } = details.daemon;
  // A name is not shown: the object has the type InetAddress, and what a name stands for may change.
  const server = mail.server && parseIpAddress(mail.server.host);
  const at = (...numbers: readonly number[]) => [...KEEPALIVED_GLOBAL, ...numbers];
  const scalars: readonly Scalar[] = [
    [at(1), 'version', text(version)],
    [ROUTER_ID, 'routerId', text(global.routerId)],
    [at(3, 1), 'smtpServerAddressType', addressType(server)],
    [at(3, 2), 'smtpServerAddress', address(server)],
    [at(3, 3), 'smtpServerTimeout', wholeSeconds(mail.timeout)],
    [at(3, 4), 'emailFrom', text(mail.from)],
    [at(3, 6), 'smtpServerPort', gauge(mail.server?.port)],
    [at(3, 7), 'smtpEmailFaults', truth(!mail.noFaults)],
    [at(3, 8), 'smtpEmailSmtpAlert', threefold(mail.alert)],
    [at(3, 9), 'smtpEmailSmtpAlertVrrp', threefold(mail.alertVrrp)],
    [at(3, 10), 'smtpEmailSmtpAlertChecker', threefold(mail.alertChecker)],
    [at(4), 'trapEnable', truth(snmp.traps)],
    // netlink(1) or polling(2).
    [at(5), 'linkBeat', integer(interfaces.linkbeatPolling ? 2 : 1)],
    [at(6), 'lvsFlush', truth(lvs.flush)],
    [at(7), 'ipvs64BitStats', truth(true)],
    [at(8), 'netNamespace', text(networkNamespace ?? '')],
    [at(9), 'dbus', truth(dbus.enabled)],
    [at(10), 'dynamicInterfaces', truth(interfaces.dynamic)],
    [at(11), 'lvsFlushOnStop', integer(FLUSH_ON_STOP[lvs.flushOnStop])],
    [at(12), 'v3ChecksumAsV2', truth(configuration.vrrp.instances.some((each) => each.checksumAsV2))],
  ];
  const emails = tableSeries({
    entry: at(3, 5, 1),
    rows: mail.to,
    index: (_, position) => [position],
    columns: [[2, 'emailAddress', text]],
  });
  return [...scalarSeries(scalars), ...emails];
}
