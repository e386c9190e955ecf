import { type Result } from '../base/result.js';
import { type KernelError } from '../kernel/kernel-error.js';
import { type Outcome } from '../kernel/net-command.js';
import {
  compareRouting,
  isReportOf,
  isSameRule,
  planReplacement,
  planRouting,
  planRoutingRemoval,
  without,
  type DesiredRoute,
  type DesiredRouting,
  type DesiredRule,
  type InterfaceIndices,
  type RoutingStep,
} from '../net/index.js';
import { type FibRouteCommand, type RouteReport } from '../wire/netlink/fib-route.js';
import { type FibRule, type FibRuleCommand } from '../wire/netlink/fib-rule.js';

type Command = FibRouteCommand | FibRuleCommand;

/** What the keeper needs of rtnetlink. */
export interface RouteDoor {
  apply(commands: readonly Command[]): readonly Result<Outcome, KernelError>[];
}

/** A route or rule that is installed, and who holds it. */
export type HeldRouting =
  | { readonly holder: string; readonly route: DesiredRoute }
  | { readonly holder: string; readonly rule: DesiredRule };

const NOTHING: DesiredRouting = { routes: [], rules: [] };
const isNothing = ({ routes, rules }: DesiredRouting): boolean => routes.length + rules.length === 0;

/** Installs and removes the routes and rules of each holder: an instance, or the static entries. */
export class RouteKeeper {
  private readonly held = new Map<string, DesiredRouting>();

  constructor(
    private desired: Readonly<Record<string, DesiredRouting>>,
    private readonly indices: () => InterfaceIndices,
    private readonly door: RouteDoor,
    private readonly refused: (holder: string, text: string) => void,
  ) {}

  /** A reload: from now on this is what holders install. */
  setDesired(desired: Readonly<Record<string, DesiredRouting>>): void {
    this.desired = desired;
  }

  /** Before its addresses change: takes away what a holder holds but should no longer, and changes what differs. */
  adjust(holder: string): void {
    const held = this.held.get(holder);
    if (!held) return;
    const wanted = this.desired[holder] ?? NOTHING;
    this.held.set(holder, wanted);
    const { gone, changed } = compareRouting(held, wanted);
    this.takeDown(holder, gone);
    for (const { from, to } of changed) this.replace(holder, from, to);
  }

  /**
   * Installs all that a holder should have.
   * @param isPossible routes that it denies are left for later.
   * @returns what was not there.
   */
  install(holder: string, isPossible: (route: DesiredRoute) => boolean = () => true): readonly RoutingStep[] {
    const wanted = this.desired[holder] ?? NOTHING;
    this.held.set(holder, wanted);
    if (isNothing(wanted)) return [];
    const now = { routes: wanted.routes.filter(isPossible), rules: wanted.rules };
    const { steps, impossible } = planRouting(now, this.indices());
    for (const { interface: name = '' } of impossible) {
      this.refused(holder, `Not adding route since interface ${name} doesn't exist`);
    }
    return this.carryOut(holder, steps);
  }

  /** Removes what a holder holds, or what a predecessor may have left of it. */
  remove(holder: string): void {
    const unwanted = this.held.get(holder) ?? this.desired[holder];
    this.held.delete(holder);
    if (unwanted) this.takeDown(holder, unwanted);
  }

  /** Who holds the route that a report speaks of. */
  findRoute(report: RouteReport): HeldRouting | undefined {
    const indices = this.indices();
    for (const [holder, { routes }] of this.held) {
      const route = routes.find((each) => isReportOf(report, each, indices));
      if (route) return { holder, route };
    }
    return undefined;
  }

  /** Who holds the rule that a report speaks of. */
  findRule(report: FibRule): HeldRouting | undefined {
    for (const [holder, { rules }] of this.held) {
      const rule = rules.find((each) => isSameRule(report, each));
      if (rule) return { holder, rule };
    }
    return undefined;
  }

  /** Everybody who holds something. */
  get holders(): readonly string[] {
    return [...this.held.keys()];
  }

  /** Removes what no other holder has. */
  private takeDown(holder: string, routing: DesiredRouting): void {
    if (isNothing(routing)) return;
    const others = [...this.held].map(([name, held]) => (name === holder ? NOTHING : held));
    const { steps } = planRoutingRemoval(without(routing, others), this.indices());
    this.carryOut(holder, steps);
  }

  /** Where the kernel will not replace a route (its source address may be yet to come) it is added later. */
  private replace(holder: string, from: DesiredRoute, to: DesiredRoute): void {
    const replacement = planReplacement(to, this.indices());
    if (replacement && this.door.apply([replacement])[0]?.ok === true) return;
    this.takeDown(holder, { routes: [from], rules: [] });
  }

  /** @returns what the kernel had to do. */
  private carryOut(holder: string, steps: readonly RoutingStep[]): readonly RoutingStep[] {
    if (steps.length === 0) return [];
    const results = this.door.apply(steps.map(({ command }) => command));
    return steps.filter((_, index) => {
      const result = results[index];
      if (result?.ok === false) this.refused(holder, result.error.message);
      return result?.ok === true && result.value === 'done';
    });
  }
}
