/**
 * Netlink and the kernel's structures speak the byte order of the host (netlink(7)); everything else in wire/ is
 * in network order. This is the one place that knows which it is: pass it as DataView's `littleEndian`.
 */
export const HOST_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
