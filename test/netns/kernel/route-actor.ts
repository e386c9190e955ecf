// Holds a route socket and a monitor: carries out address commands, dumps, and says every fact that it hears.
import { formatHardwareAddress } from '#wire/ethernet.js';
import { type AddressCommand } from '#wire/netlink/route.js';
import { isRoutingFact, KernelError, now, RouteMonitor, RouteSocket, type RouteFact } from '#kernel/index.js';
import { input, listen, stall, tell } from './actor-lines.js';

export interface RouteActorInput {
  readonly monitorBufferBytes?: number;
}

export type RouteActorOrder =
  | { readonly apply: readonly AddressCommand[] }
  | { readonly dump: 'links' | 'addresses' }
  | { readonly stallMs: number };

function tellFact(fact: RouteFact): void {
  if (fact.type === 'overrun') tell('overrun');
  else if (fact.type === 'address' || fact.type === 'address-gone') tell(fact.type, { ...fact.address });
  else if (isRoutingFact(fact)) tell(fact.type, { ...('route' in fact ? fact.route : fact.rule) });
  else tell(fact.type, { name: fact.link.name, adminUp: fact.link.adminUp, running: fact.link.running });
}

function run(): void {
  const { monitorBufferBytes } = input() as RouteActorInput;
  const monitor = new RouteMonitor((facts) => facts.forEach(tellFact), monitorBufferBytes);
  const route = new RouteSocket();
  listen(
    (line) => {
      const order = line as RouteActorOrder;
      if ('apply' in order) {
        const startedAt = now();
        const results = route.apply(order.apply).map((result) => (result.ok ? 'ok' : result.error.message));
        const facts = monitor.drain();
        tell('applied', { results, tookUs: now() - startedAt, factsAtOnce: facts.length });
        facts.forEach(tellFact);
      } else if ('stallMs' in order) {
        tell('stalling');
        stall(order.stallMs);
        tell('stalled');
      } else if (order.dump === 'links') {
        const links = route.links();
        tell('links', {
          list: links.map((link) => ({
            ...link,
            hardwareAddress: formatHardwareAddress(link.hardwareAddress),
          })),
        });
      } else {
        tell('addresses', { list: route.addresses() });
      }
    },
    () => {
      monitor.close();
      route.close();
    },
  );
  tell('open');
}

try {
  run();
} catch (error) {
  if (!(error instanceof KernelError)) throw error;
  tell('refused', { code: error.code, message: error.message });
}
