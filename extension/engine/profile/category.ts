/** Sorts functions into the colour classes of the view, by their name and source path. */
import type { FrameCategory } from '../../protocol.ts';
import { INCOMPLETE_NAME } from './frameInfo.ts';

const HYPERVISOR = /^(hypercall_page|HYPERVISOR_\w+|\[hypercall.*\]|_?hypercall\w*|xen_hypercall\w*)$/;
/** C libraries, language runtimes and protocol stacks that unikernels are linked with. */
const LIBRARY =
  /(^|\/)(musl|newlib|nolibc|libc|openlibm|lwip|libcxx|compiler-rt|libgcc|zlib|openssl|mbedtls|ocaml\/runtime|runtime\/caml|rustc|\.cargo|_opam|\.opam|go\/src\/runtime)(\/|-|$)/;
const KERNEL = /(^|\/)(mini-os|minios|unikraft|solo5|solo5-bindings|osv|nanos|rumprun|bmk|plat|arch|drivers|kernel)(\/|-|$)/;

export function categoryOf(name: string, file: string): FrameCategory {
  if (name === INCOMPLETE_NAME) return 'unresolved';
  if (HYPERVISOR.test(name)) return 'hypervisor';
  if (LIBRARY.test(file)) return 'library';
  if (KERNEL.test(file)) return 'kernel';
  return 'application';
}
