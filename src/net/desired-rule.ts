import { type FibRule } from '../wire/netlink/fib-rule.js';
import { type Tracking } from './desired-route.js';

/** A routing rule to be installed, with what `ip rule add` takes. */
export type DesiredRule = FibRule & Tracking;
