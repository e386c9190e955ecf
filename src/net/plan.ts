import { type AddressCommand, type InterfaceAddress } from '../wire/netlink/route.js';
import { type DesiredAddress } from './desired.js';

/** What a plan starts from: indices of the interfaces that exist, by name, and the addresses they hold. */
export interface KernelAddresses {
  readonly interfaces: ReadonlyMap<string, number>;
  readonly addresses: readonly InterfaceAddress[];
}

/** Commands that bring the kernel to what is wanted, and what cannot be had. */
export interface AddressPlan {
  readonly commands: readonly AddressCommand[];
  /** Desired addresses whose interface does not exist. */
  readonly impossible: readonly DesiredAddress[];
}

/** Install all of `desired`: adopts what is there already, replaces what differs, touches nothing else. */
export function planInstall(desired: readonly DesiredAddress[], kernel: KernelAddresses): AddressPlan {
  void [desired, kernel];
  return { commands: [], impossible: [] };
}

/** Remove those of `unwanted` that the kernel holds. */
export function planRemoval(unwanted: readonly DesiredAddress[], kernel: KernelAddresses): AddressPlan {
  void [unwanted, kernel];
  return { commands: [], impossible: [] };
}
