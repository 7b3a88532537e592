import { expect, it } from 'vitest';
import { categoryOf } from './category.ts';

it.each([
  ['main.work', '/srv/gospin/main.go', '', 'application'],
  ['sort.pdqsort', '/usr/lib/go-1.19/src/sort/zsortinterface.go', '', 'library'],
  ['runtime.madvise', '/usr/local/go/src/runtime/sys_linux_amd64.s', '', 'library'],
  ['main.run', '/home/me/go/src/example.com/app/main.go', '', 'application'],
  ['errors.Wrap', '/home/me/go/pkg/mod/github.com/pkg/errors@v0.9.1/errors.go', '', 'library'],
  ['json.dumps', '/usr/lib/python3.11/json/__init__.py', '', 'library'],
  ['prove', '/srv/spin/spin.py', '', 'application'],
  ['parse', '/home/me/app/node_modules/acorn/index.js', '', 'library'],
  ['readFile', 'node:fs', '', 'library'],
  ['std::sort', '/usr/include/c++/12/bits/stl_algo.h', '', 'library'],
  ['core::slice::sort', '/rustc/90c541806f23/library/core/src/slice/sort.rs', '', 'library'],
  ['memcpy', '/build/musl/src/string/memcpy.c', 'web', 'library'],
  ['__libc_start_call_main', '', '/usr/lib/x86_64-linux-gnu/libc.so.6', 'library'],
  ['_dl_start', '', '/lib64/ld-linux-x86-64.so.2', 'library'],
  ['inner', '', '/srv/spin/spin', 'application'],
  ['serve', '', '/apps/httpserver.so', 'application'],
  ['do_syscall_64', '', '[kernel.kallsyms]', 'kernel'],
  ['netback_tx', '', '/lib/modules/6.1/xen-netback.ko', 'kernel'],
  ['uk_sched_yield', '/build/unikraft/lib/uksched/sched.c', 'web', 'kernel'],
  ['HYPERVISOR_sched_op', '', 'web', 'hypervisor'],
] as const)('%s of %j in %j', (name, file, module, category) => expect(categoryOf(name, file, module)).toBe(category));
