/** Stacks as the agent sends them: only what has changed since it was last sent. */

const MIRROR_BYTES = 65536;
const BLOCK_BYTES = 64;
/** More than any agent copies. */
const MAX_STACK_BYTES = 256 * 1024;
/** The agent sends whole stacks of a guest with more vCPUs. */
const MAX_MIRRORS = 128;

/**
 * For each vCPU, the guest's memory as it was last sent, by the low 16 bits of its address; the agent (shutter.c) keeps the same and sends no block that is
 * there already. It begins as zeros.
 */
export class StackMirrors {
  private readonly mirrors = new Map<number, Uint8Array>();

  /**
   * @param base guest address of the stack's first byte
   * @param packed u32 bytes of the whole stack; a bit for each block that it touches (blocks of 64 bytes, as their addresses are aligned), set where the
   *   block's part of the stack follows; those parts
   * @returns the stack; null where `packed` contradicts itself
   */
  stack(vcpu: number, base: bigint, packed: Uint8Array): Uint8Array | null {
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
    if (packed.length < 4) return null;
    const length = view.getUint32(0, true);
    if (length > MAX_STACK_BYTES) return null;
    const mirror = this.of(vcpu);
    if (mirror === null) return null;
    const first = Number(base & BigInt(MIRROR_BYTES - 1));
    const skipped = first % BLOCK_BYTES;
    const blocks = length === 0 ? 0 : Math.ceil((skipped + length) / BLOCK_BYTES);
    let from = 4 + Math.ceil(blocks / 8);
    const stack = new Uint8Array(length);
    let at = 0;
    for (let block = 0; block < blocks; block++) {
      const size = Math.min((block + 1) * BLOCK_BYTES - skipped, length) - at;
      const known = (first + at) % MIRROR_BYTES;
      if (((packed[4 + (block >> 3)]! >> (block & 7)) & 1) === 1) {
        if (from + size > packed.length) return null;
        mirror.set(packed.subarray(from, from + size), known);
        from += size;
      }
      stack.set(mirror.subarray(known, known + size), at);
      at += size;
    }
    return from === packed.length ? stack : null;
  }

  private of(vcpu: number): Uint8Array | null {
    let mirror = this.mirrors.get(vcpu);
    if (mirror === undefined) {
      if (this.mirrors.size === MAX_MIRRORS) return null;
      mirror = new Uint8Array(MIRROR_BYTES);
      this.mirrors.set(vcpu, mirror);
    }
    return mirror;
  }
}
