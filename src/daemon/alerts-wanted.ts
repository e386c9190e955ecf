import { type HeraldConfiguration } from '../config/index.js';
import { type WorkerKind } from './messages.js';

/*
 * What the alerts worker is for. Each of its heralds says here what it takes for it to be wanted, so that a daemon that
 * alerts nobody has one process less.
 */

/** Mail goes out: there is somebody to write to, and a server to hand it to. */
export const wantsMail = ({ details }: HeraldConfiguration): boolean => {
  const { to, server } = details.daemon.mail;
  return to.length > 0 && server !== undefined;
};

/** org.keepalived.Vrrp1 is offered on the system bus. */
export const wantsDbus = ({ details }: HeraldConfiguration): boolean => details.daemon.dbus.enabled;

/** A MIB is to be served; that its views are fresh, and its traps, take news. */
export const wantsSnmp = ({ details }: HeraldConfiguration): boolean => {
  const { vrrp, checker, rfc2, rfc3 } = details.daemon.snmp;
  return vrrp || checker || rfc2 || rfc3;
};

/** The workers are to tell what happens. */
export const wantsNews = (configuration: HeraldConfiguration): boolean =>
  wantsMail(configuration) || wantsDbus(configuration) || wantsSnmp(configuration);

/** Metrics are offered on TCP. */
export const wantsMetrics = ({ details }: HeraldConfiguration): boolean =>
  details.daemon.metricsListen !== undefined;

/** There is something for the alerts worker to do. */
export const wantsAlerts = (configuration: HeraldConfiguration): boolean =>
  wantsNews(configuration) || wantsMetrics(configuration);

/** The workers that run with a configuration, flags of the command line apart. */
export const workersWanted = (configuration: HeraldConfiguration): readonly WorkerKind[] => {
  const { vrrp, health, bfd } = configuration;
  const wanted: Readonly<Record<WorkerKind, boolean>> = {
    vrrp: vrrp.instances.length > 0,
    checkers: health.pools.length > 0,
    bfd: bfd.sessions.length > 0,
    alerts: wantsAlerts(configuration),
  };
  return Object.entries(wanted).flatMap(([kind, is]) => (is ? [kind as WorkerKind] : []));
};
