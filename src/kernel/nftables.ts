import { err, ok, type Result } from '../base/result.js';
import {
  encodeBatchMark,
  encodeGetTable,
  encodeNftCommand,
  NFNL_MSG_BATCH_BEGIN,
  NFNL_MSG_BATCH_END,
  NFNLGRP_NFTABLES_MASK,
  NFT_MSG_DELTABLE,
  NFT_MSG_GETTABLE,
} from '../wire/netlink/nftables-encode.js';
import { type NftCommand, type NftTable } from '../wire/netlink/nftables.js';
import { errnoOf, type KernelError } from './kernel-error.js';
import { NetlinkMonitor } from './netlink-monitor.js';
import { NETLINK_NETFILTER } from './netlink-receive.js';
import { NetlinkSocket } from './netlink-socket.js';
import { type ReceiveBuffer } from './socket-option.js';

/** Tables of nf_tables in this network namespace: read and change, synchronously. */
export class NftablesSocket {
  private readonly netlink = new NetlinkSocket(NETLINK_NETFILTER);

  /**
   * Carries out all commands or none of them, and returns when the kernel has done so: packets that come now meet the
   * new rules. EOPNOTSUPP where the kernel has no nf_tables.
   */
  transact(commands: readonly NftCommand[]): Result<void, KernelError> {
    const requests = commands.map((command) => ({ what: nameOf(command), ...encodeNftCommand(command) }));
    return this.netlink.transactWhole(requests, {
      begin: NFNL_MSG_BATCH_BEGIN,
      end: NFNL_MSG_BATCH_END,
      payload: encodeBatchMark(),
    });
  }

  /** True if there is such a table, whoever made it. */
  has(table: NftTable): Result<boolean, KernelError> {
    const what = `nft list table ${familyName(table)} ${table.name}`;
    const payload = encodeGetTable(table);
    const [answer] = this.netlink.transact([{ what, type: NFT_MSG_GETTABLE, payload }]);
    if (!answer || answer.ok) return ok(answer !== undefined);
    return answer.error.errno === errnoOf('ENOENT') ? ok(false) : err(answer.error);
  }

  /** Makes room for more than we need ourselves; less would only lose messages. @throws KernelError */
  setReceiveBuffer(buffer: ReceiveBuffer): void {
    this.netlink.setReceiveBuffer(buffer);
  }

  /** Idempotent. */
  close(): void {
    this.netlink.close();
  }
}

/** Listens for tables that go, whoever deletes them. */
export class NftablesMonitor {
  private readonly monitor: NetlinkMonitor;

  /** @param onLoss some table may be gone. @throws KernelError */
  constructor(onLoss: () => void) {
    this.monitor = new NetlinkMonitor(NETLINK_NETFILTER, NFNLGRP_NFTABLES_MASK, (events) => {
      if (events.some((event) => event === 'overrun' || event.type === NFT_MSG_DELTABLE)) onLoss();
    });
  }

  /** Makes room for more than we need ourselves; less would only lose messages. @throws KernelError */
  setReceiveBuffer(buffer: ReceiveBuffer): void {
    this.monitor.setReceiveBuffer(buffer);
  }

  close(): void {
    this.monitor.close();
  }
}

const familyName = ({ family }: NftTable): string => (family === 'inet' ? 'ip' : 'ip6');

/** The command as nft has it. */
function nameOf(command: NftCommand): string {
  const { table, kind } = command;
  const place = `nft ${kind.replace('-', ' ').replace('elements', 'element')} ${familyName(table)} ${table.name}`;
  switch (command.kind) {
    case 'add-table':
    case 'delete-table':
      return place;
    case 'add-chain':
    case 'add-rule':
      return `${place} ${command.chain}`;
    case 'add-set':
      return `${place} ${command.set.name}`;
    case 'add-elements':
    case 'delete-elements':
      return `${place} ${command.set}`;
  }
}
