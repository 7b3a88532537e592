/** Traces of raw addresses, as xenctx and uniprof print them: the instruction pointer first, then return addresses. */
import { NamedProfile } from './importer.ts';

export class AddressTraces {
  readonly built: NamedProfile;
  private readonly module: string;
  private frames: number[] = [];
  private isOpen = false;
  private vcpu = 0;

  constructor(built: NamedProfile, module: string) {
    this.built = built;
    this.module = module;
  }

  /** A trace begins with its innermost frame; one that was begun before is then whole. */
  begin(vcpu = 0): void {
    this.end();
    this.isOpen = true;
    this.vcpu = vcpu;
  }

  get isBegun(): boolean {
    return this.isOpen;
  }

  /** @param name without its offset; empty where the tool knew none */
  frame(address: bigint, name: string): void {
    const { built, module } = this;
    // A return address is the instruction after its call, and that can be another function's first.
    const at = this.frames.length === 0 || address === 0n ? address : address - 1n;
    if (name !== '') this.frames.push(built.location({ name, module }));
    else this.frames.push(built.address(at, module));
  }

  named(name: string): void {
    this.frames.push(this.built.location({ name, module: this.module }));
  }

  end(): void {
    if (this.isOpen && this.frames.length > 0) this.built.add(this.frames.reverse(), 1, { vcpu: this.vcpu });
    this.frames = [];
    this.isOpen = false;
  }
}
