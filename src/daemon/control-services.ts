import { ok, type Result } from '../base/result.js';
import { joinServices, serviceStatus, type PoolService, type ServicesDocument } from '../observe/index.js';
import { type NoAnswer } from './control-inquiries.js';
import { type ServicePage, type ServicePlace } from './service-pages.js';
import { type AskableWorker } from './supervisor.js';

/** Asks the health worker for all that IPVS holds and counts, page by page. */
export async function readServices(
  worker: AskableWorker<'checkers'>,
): Promise<Result<ServicesDocument, NoAnswer>> {
  const parts: PoolService[] = [];
  let from: ServicePlace | undefined = { service: 0, server: 0 };
  while (from) {
    const answer: Result<ServicePage, NoAnswer> = await worker.ask({ type: 'Services', from });
    if (!answer.ok) return answer;
    parts.push(...answer.value.services);
    from = answer.value.next;
  }
  return ok({ services: joinServices(parts).map(serviceStatus) });
}
