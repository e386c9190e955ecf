const TEXT = Buffer.from('keepalived check - ', 'latin1');

/** What keepalived fills packets with that are to say nothing, so that whoever captures one sees where it is from. */
export const keepalivedFiller = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => TEXT[index % TEXT.length] ?? 0);
