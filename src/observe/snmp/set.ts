import { err, ok, type Result } from '../../base/result.js';
import { AGENTX_ERROR, type AgentxBody, type VarBind } from '../../wire/agentx/index.js';
import { response } from './answer.js';
import { type MibView } from './mib-view.js';

/** What a SET has somebody do: the questions of that name that workers answer. */
export type MibOrder =
  | {
      readonly type: 'SetInstance';
      readonly instance: string;
      readonly priority?: number;
      readonly preempt?: boolean;
    }
  | {
      readonly type: 'SetWeight';
      readonly pool: string;
      readonly realServer: string;
      readonly weight: number;
    };

/** Has it done; false if it was not. */
export type CarryOut = (order: MibOrder) => Promise<boolean>;

type Response = Extract<AgentxBody, { type: 'Response' }>;

interface Transaction {
  readonly orders: readonly MibOrder[];
  /** What leads back, one for each of the orders. */
  readonly backwards: readonly MibOrder[];
  /** How many of them were tried. */
  tried: number;
}

/** Sets that have been tested and are neither done nor called off: a master has hardly more than one. */
const MOST_TRANSACTIONS = 16;

/** TestSet, CommitSet, UndoSet and CleanupSet (RFC 2741, 7.2.4): a SET is done as a whole, or not at all. */
export class SetDesk {
  private readonly transactions = new Map<number, Transaction>();

  constructor(private readonly carryOut: CarryOut) {}

  /** Changes nothing: says what is wrong with the first variable that cannot be set so. */
  test(transaction: number, varBinds: readonly VarBind[], view: MibView): Response {
    const orders: MibOrder[] = [];
    const backwards: MibOrder[] = [];
    for (const [at, { oid, value }] of varBinds.entries()) {
      const order = view.set(oid, value);
      if (!order.ok) return response(order.error, at + 1);
      const backward = view.set(oid, view.get(oid));
      if (!backward.ok) return response(AGENTX_ERROR.genErr, at + 1);
      orders.push(order.value);
      backwards.push(backward.value);
    }
    if (this.transactions.size >= MOST_TRANSACTIONS) return response(AGENTX_ERROR.resourceUnavailable, 1);
    this.transactions.set(transaction, { orders, backwards, tried: 0 });
    return response(AGENTX_ERROR.noError);
  }

  async commit(id: number): Promise<Response> {
    const transaction = this.transactions.get(id);
    if (!transaction) return response(AGENTX_ERROR.commitFailed);
    for (const order of transaction.orders) {
      transaction.tried += 1;
      if (!(await this.carryOut(order))) return response(AGENTX_ERROR.commitFailed, transaction.tried);
    }
    return response(AGENTX_ERROR.noError);
  }

  /** Another subagent, or we, could not commit. */
  async undo(id: number): Promise<Response> {
    const transaction = this.transactions.get(id);
    this.transactions.delete(id);
    const done = transaction?.backwards.slice(0, transaction.tried) ?? [];
    let failed = 0;
    for (const [at, order] of [...done.entries()].reverse())
      if (!(await this.carryOut(order))) failed = at + 1;
    return failed > 0 ? response(AGENTX_ERROR.undoFailed, failed) : response(AGENTX_ERROR.noError);
  }

  /** The end of a SET, whichever. */
  cleanUp(id: number): void {
    this.transactions.delete(id);
  }

  /** The session is over: what was neither committed nor undone is forgotten. */
  clear(): void {
    this.transactions.clear();
  }
}

/** The order, if the value is one that there is. */
export const orderIf = (isOne: boolean, order: MibOrder): Result<MibOrder, number> =>
  isOne ? ok(order) : err(AGENTX_ERROR.wrongValue);
