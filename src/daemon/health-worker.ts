import { missingCapabilities } from '../kernel/capability.js';
import { EXIT } from './exit-code.js';
import { HealthService } from './health-service.js';
import { runWorker, scheduled } from './worker-process.js';

runWorker('checkers', (message, context) => {
  const missing = missingCapabilities(['CAP_NET_ADMIN']);
  if (missing.length > 0) {
    context.log.error(`IPVS needs ${missing.join(' and ')}: run as root, or grant it. Nothing was changed.`);
    return context.exit(EXIT.missingPermission);
  }
  const scheduling = scheduled('Checker', message.share.global, context.log);
  return new HealthService(message, context, scheduling);
});
