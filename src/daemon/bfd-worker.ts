import { KernelError } from '../kernel/kernel-error.js';
import { BfdService } from './bfd-service.js';
import { EXIT } from './exit-code.js';
import { runWorker, scheduled } from './worker-process.js';

runWorker('bfd', (message, context) => {
  try {
    return new BfdService(message, context, scheduled('BFD', message.share.global, context.log));
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    context.log.error(`BFD cannot start: ${error.message}`);
    return context.exit(EXIT.fatal);
  }
});
