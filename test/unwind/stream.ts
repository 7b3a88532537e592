/** The agent's stream as its reader wants it (extension/engine/unwind/photograph.ts), made of photographs at hand. */
import { constants, createDeflate } from 'node:zlib';
import type { Photograph } from '../../extension/engine/unwind/photograph.ts';

export function recordOf({ timeNs, vcpu, state, registers, stackBase, stack }: Photograph): Buffer {
  const record = Buffer.alloc(164);
  record.writeUInt32LE(160 + stack.length, 0);
  record.writeBigUInt64LE(BigInt(timeNs), 4);
  record.writeUInt16LE(vcpu, 12);
  record.writeUInt8(state, 14);
  registers.forEach((value, i) => record.writeBigUInt64LE(value, 20 + i * 8));
  record.writeBigUInt64LE(stackBase, 156);
  return Buffer.concat([record, stack]);
}

/** A page of the guest's text. */
export function textRecordOf(address: bigint, bytes: Uint8Array): Buffer {
  const record = Buffer.alloc(28);
  record.writeUInt32LE(24 + bytes.length, 0);
  record.writeUInt8(255, 14);
  record.writeBigUInt64LE(address, 20);
  return Buffer.concat([record, bytes]);
}

/** Flushed after each batch. */
export async function streamOf(batches: Iterable<Buffer>): Promise<Buffer[]> {
  const deflate = createDeflate();
  let pieces: Buffer[] = [];
  deflate.on('data', (piece: Buffer) => pieces.push(piece));
  const out: Buffer[] = [];
  for (const batch of batches) {
    deflate.write(batch);
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    out.push(Buffer.concat(pieces));
    pieces = [];
  }
  return out;
}
