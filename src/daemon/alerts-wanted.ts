import { type Configuration } from '../config/index.js';

/*
 * What the alerts worker is for. Each of its heralds says here what it takes for it to be wanted, so that a daemon that
 * alerts nobody has one process less.
 */

/** Mail goes out: there is somebody to write to, and a server to hand it to. */
export const wantsMail = ({ details }: Configuration): boolean => {
  const { to, server } = details.daemon.mail;
  return to.length > 0 && server !== undefined;
};

/** org.keepalived.Vrrp1 is offered on the system bus. */
export const wantsDbus = ({ details }: Configuration): boolean => details.daemon.dbus.enabled;

/** A MIB is to be served; that its views are fresh, and its traps, take news. */
export const wantsSnmp = ({ details }: Configuration): boolean => {
  const { vrrp, checker, rfc2, rfc3 } = details.daemon.snmp;
  return vrrp || checker || rfc2 || rfc3;
};

/** The workers are to tell what happens. */
export const wantsNews = (configuration: Configuration): boolean =>
  wantsMail(configuration) || wantsDbus(configuration) || wantsSnmp(configuration);

/** There is something for the alerts worker to do. */
export const wantsAlerts = (configuration: Configuration): boolean => wantsNews(configuration);
