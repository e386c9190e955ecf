import { missingCapabilities } from '../kernel/capability.js';
import { KernelError } from '../kernel/kernel-error.js';
import { Pulse } from '../kernel/pulse.js';
import { EXIT } from './exit-code.js';
import { VrrpService } from './vrrp-service.js';
import { runWorker, scheduled } from './worker-process.js';

/** The supervisor's words to a worker that it starts (start-worker.ts). */
const pulseDescriptor = Number(process.argv[2]);

runWorker('vrrp', (message, context) => {
  const missing = missingCapabilities(['CAP_NET_ADMIN', 'CAP_NET_RAW']);
  if (missing.length > 0) {
    context.log.error(`VRRP needs ${missing.join(' and ')}: run as root, or grant it. Nothing was changed.`);
    return context.exit(EXIT.missingPermission);
  }
  try {
    const scheduling = scheduled('VRRP', message.share.global, context.log);
    return new VrrpService(message, context, scheduling, new Pulse(pulseDescriptor));
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    context.log.error(`VRRP cannot start: ${error.message}`);
    return context.exit(error.code === 'EPERM' ? EXIT.missingPermission : EXIT.fatal);
  }
});
