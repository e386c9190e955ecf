import { releaseCleanPages } from '../kernel/process.js';
import { AlertsService } from './alerts-service.js';
import { makeHeralds } from './heralds.js';
import { runWorker } from './worker-process.js';

// No real-time priority, no locked memory: everybody else comes first.
runWorker('alerts', (message, context) => {
  const service = new AlertsService(message, context, makeHeralds);
  // What only the start has needed.
  setImmediate(releaseCleanPages);
  return service;
});
