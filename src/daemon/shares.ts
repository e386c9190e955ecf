import { type Configuration } from '../config/index.js';
import { wantsNews } from './alerts-wanted.js';
import { type WorkerShares } from './messages.js';

/** What of the configuration each worker is told. */

export const vrrpShare = (configuration: Configuration): WorkerShares['vrrp'] => {
  const { global, vrrp, vrrpAddresses, vrrpFirewall, vrrpRoutes, statics } = configuration;
  const { vrrpScripts, trackFiles, trackProcesses, notify, details } = configuration;
  return {
    global,
    vrrp,
    vrrpAddresses,
    ...(vrrpFirewall && { vrrpFirewall }),
    vrrpRoutes,
    statics,
    vrrpScripts,
    trackFiles,
    trackProcesses,
    notify,
    processMonitor: details.daemon.receiveBuffers['process_monitor'] ?? { force: false },
    details,
    news: wantsNews(configuration),
  };
};

export const checkersShare = (configuration: Configuration): WorkerShares['checkers'] => {
  const { global, health, probes, services, notify } = configuration;
  return { global, health, probes, services, notify, news: wantsNews(configuration) };
};

export const bfdShare = ({ global, bfd, details }: Configuration): WorkerShares['bfd'] => ({
  global,
  bfd,
  details: details.bfd,
});
