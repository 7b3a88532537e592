// What the rig, the guests, the editor and the tests need of the machine: Debian's packages, and a place for what is built once.
// Plain Node and nothing else: it runs before there is a node_modules.
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import path from 'node:path';
import { must } from './steps.mjs';

/** Debian's packages by what needs them. */
export const packages = {
  /** Guests are compiled against Xen's public headers. */
  guests: ['build-essential', 'libxen-dev'],
  /** dom0 is put together by mmdebstrap and runs in QEMU. */
  rig: ['qemu-system-x86', 'qemu-utils', 'seabios', 'ipxe-qemu', 'mmdebstrap', 'e2fsprogs', 'cpio', 'kmod', 'zstd', 'openssh-client'],
  /** Chromium, and fonts so that it has letters to draw. */
  browser: ['chromium', 'fonts-dejavu-core'],
  /** What tests compare with or talk to: a real sshd, a PAM module that asks for a code, a real pprof, Python for the agent, compilers for the corpus. */
  tests: ['openssh-client', 'openssh-server', 'libpam-google-authenticator', 'golang-go', 'python3', 'sudo', 'build-essential'],
  /** Compilers whose debug information is read, the symbolizer it is compared with, and a hypervisor with its symbols. */
  symbols: [
    'llvm-19',
    'clang-19',
    'gcc',
    'g++',
    'binutils',
    'dwz',
    'ocaml-nox',
    'xz-utils',
    'gcc-aarch64-linux-gnu',
    'g++-aarch64-linux-gnu',
    'xen-hypervisor-4.17-amd64-dbg',
    ...(works('rustc') ? [] : ['rustc']),
  ],
};

/** Whether a compiler of another origin than Debian serves. A toolchain manager's stand-in on the PATH may have no toolchain behind it. */
function works(command) {
  return spawnSync(command, ['--version']).status === 0;
}

/**
 * Where images, saved states and installed editors are kept between runs: RINGSIDE_CACHE, or `ringside` in the user's cache folder.
 * The folder may not exist yet.
 */
export function cacheDir() {
  const { RINGSIDE_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  return path.resolve(own || path.join(xdg || path.join(homedir(), '.cache'), 'ringside'));
}

/**
 * Installs what a part of the project needs and the machine lacks. The tests' own packages always belong.
 * @param {{ rig?: boolean, browser?: boolean }} parts
 */
export async function debianPackages({ rig = false, browser = false }) {
  const wanted = [...packages.tests, ...packages.symbols];
  if (rig) wanted.push(...packages.rig, ...packages.guests);
  if (browser) wanted.push(...packages.browser);
  await ensureDebian(wanted);
}

/**
 * Installs the packages that are missing, with apt-get, as root or through `sudo -n`; says which.
 * @param {readonly string[]} names
 * @throws where there is no dpkg, or neither root nor a sudo that asks for no password
 */
export async function ensureDebian(names) {
  const missing = missingOf([...new Set(names)]);
  if (missing.length === 0) return;
  console.log(`installing Debian packages: ${missing.join(' ')}`);
  const root = process.getuid?.() === 0;
  if (!root && spawnSync('sudo', ['-n', 'true']).status !== 0) {
    throw new Error(
      `Debian packages are missing, and only root may install them. Run: sudo apt-get install --no-install-recommends ${missing.join(' ')}`,
    );
  }
  const apt = ['apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  const asRoot = (...args) => must(...(root ? ['env', args] : ['sudo', ['-n', 'env', ...args]]));
  await asRoot(...apt, 'update');
  await asRoot('DEBIAN_FRONTEND=noninteractive', ...apt, 'install', '-y', '--no-install-recommends', ...missing);
  const still = missingOf(missing);
  if (still.length > 0) throw new Error(`apt-get did not install ${still.join(' ')}`);
}

function missingOf(names) {
  const { stdout, error } = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names], { encoding: 'utf8' });
  if (error)
    throw new Error(`dpkg-query did not start. On a system other than Debian, install by hand: ${names.join(' ')}`, { cause: error });
  const installed = new Set(stdout.split('\n').flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0]] : [])));
  return names.filter((name) => !installed.has(name));
}
