import { OPENMETRICS_TYPE } from '../observe/index.js';
import { type ControlVerb } from './control-server.js';
import { piecesOf, type MetricsReader } from './metrics-reading.js';

/** GET /metrics, on whatever socket. */
export const metricsVerb = (reader: MetricsReader): ControlVerb => ({
  method: 'GET',
  path: '/metrics',
  answer: async () => ({
    ...{ status: 200, contentType: OPENMETRICS_TYPE },
    pieces: piecesOf(await reader.read()),
  }),
});
