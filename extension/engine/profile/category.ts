/** Sorts functions into the colour classes of the view, by their name and source path. */
import type { FrameCategory } from '../../protocol.ts';
import { INCOMPLETE_NAME } from './frameInfo.ts';

const HYPERVISOR = /^(hypercall_page|HYPERVISOR_\w+|\[hypercall.*\]|_?hypercall\w*|xen_hypercall\w*)$/;
/** C libraries, language runtimes and protocol stacks that unikernels are linked with. */
const LIBRARY =
  /(^|\/)(musl|newlib|nolibc|libc|openlibm|lwip|libcxx|compiler-rt|libgcc|zlib|openssl|mbedtls|ocaml\/runtime|runtime\/caml|rustc|\.cargo|_opam|\.opam|go\/src\/runtime)(\/|-|$)/;
const KERNEL = /(^|\/)(mini-os|minios|unikraft|solo5|solo5-bindings|osv|nanos|rumprun|bmk|plat|arch|drivers|kernel)(\/|-|$)/;

/** What comes with a compiler, an interpreter or a package and not from whoever wrote the program. In a GOPATH's go/src a folder has a domain's name. */
const INSTALLED =
  /^(\/usr\/include\/|node:)|(^|\/)(go(-[\d.]+)?\/src(?!\/[^/]*\.[^/]*\/)|go\/pkg\/mod|site-packages|dist-packages|lib\/python[\d.]+|node_modules|rustlib\/src)\//;
const LIBRARY_MODULE = /(^|\/)(lib[^/]*|ld(-[^/]*)?)\.so(\.[\d.]+)?$|^\[vdso\]$/;
/** As perf writes them. */
const KERNEL_MODULE = /^\[(guest\.)?kernel(\.|\])|(^|\/)vmlinux|\.ko$/;

/** @param module the file that the function's code is in, where it is not the one file of a guest */
export function categoryOf(name: string, file: string, module = ''): FrameCategory {
  if (name === INCOMPLETE_NAME) return 'unresolved';
  if (HYPERVISOR.test(name)) return 'hypervisor';
  if (LIBRARY.test(file) || INSTALLED.test(file) || LIBRARY_MODULE.test(module)) return 'library';
  if (KERNEL.test(file) || KERNEL_MODULE.test(module)) return 'kernel';
  return 'application';
}
