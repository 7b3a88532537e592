#!/usr/bin/env bash
# Builds a small Debian dom0 for QEMU from Debian's packages. Usage, as root: image.sh OUT
#
# Leaves in OUT: xen (multiboot ELF), vmlinuz, initrd.img, dom0.ext4, the key of root, admin and visitor (id_ed25519), their
# password, and dom0's host key. What dom0 does when it starts is in dom0/ beside this script.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath "$1")
suite=bookworm
work=$(mktemp -d "$out/work.XXXXXX")
trap finish EXIT
root=$work/root

packages=(
  xen-hypervisor-4.17-amd64 xen-utils-4.17 xen-utils-common xenstore-utils
  mount kmod iproute2 procps busybox-static # what dom0/rc starts with
  openssh-server sudo python3-minimal libpython3-stdlib # what Ringside asks of a dom0
  qemu-system-xen # the device model of HVM guests
)

# Whoever called through sudo must be able to remove what is here, built or half built.
finish() {
  rm -rf --one-file-system "$work"
  [ -z "${SUDO_UID:-}" ] || chown -R "$SUDO_UID:$SUDO_GID" "$out"
}

say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }

debian() {
  local IFS=,
  mmdebstrap --quiet --variant=apt --mode=root --skip=cleanup/apt/lists \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --include="${packages[*]}" "$suite" "$root"
}

# Unpacked, not installed: installing a kernel would bring initramfs-tools and a boot loader.
kernel() {
  local package
  package=$(chroot "$root" apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
  chroot "$root" sh -c "cd /tmp && apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=3 download $package"
  mkdir "$work/kernel"
  dpkg-deb --fsys-tarfile "$root"/tmp/linux-image-*.deb | tar -C "$work/kernel" -x --wildcards ./boot \
    './lib/modules/*/modules.*' './lib/modules/*/kernel/drivers/xen/*' './lib/modules/*/kernel/drivers/virtio/*' \
    './lib/modules/*/kernel/drivers/block/*' './lib/modules/*/kernel/drivers/net/virtio_net.ko' \
    './lib/modules/*/kernel/drivers/net/net_failover.ko' './lib/modules/*/kernel/drivers/net/xen-netback/*' \
    './lib/modules/*/kernel/drivers/char/hw_random/*' './lib/modules/*/kernel/net/*' './lib/modules/*/kernel/fs/ext4/*' \
    './lib/modules/*/kernel/fs/jbd2/*' './lib/modules/*/kernel/fs/mbcache.ko' './lib/modules/*/kernel/lib/*' \
    './lib/modules/*/kernel/crypto/*' './lib/modules/*/kernel/arch/x86/crypto/*'
  rm "$root"/tmp/linux-image-*.deb
  version=$(ls "$work/kernel/lib/modules")
  PATH=$PATH:/sbin:/usr/sbin depmod -b "$work/kernel" "$version"
  cp -a "$work/kernel/lib/modules" "$root/lib/"
  cp "$work/kernel/boot/vmlinuz-$version" "$out/vmlinuz"
  gunzip < "$root/boot/xen-4.17-amd64.gz" > "$out/xen"
}

# Debian's kernel has its disk, network and file system drivers as modules. Not compressed: emulated, gunzip costs more than reading.
initrd() {
  local tree=$work/initrd
  mkdir -p "$tree"/{bin,dev,proc,sys,mnt,lib}
  cp "$root/bin/busybox" "$tree/bin/"
  install -m 755 "$here/dom0/init" "$tree/init"
  for module in virtio_blk virtio_pci virtio_net virtio_rng ext4; do
    PATH=$PATH:/sbin:/usr/sbin modprobe -d "$work/kernel" -S "$version" --show-depends "$module"
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
    cp "$file" "$tree/lib/"
    basename "$file" >> "$tree/lib/order"
  done
  (cd "$tree" && find . | cpio --quiet -o -H newc) > "$out/initrd.img"
}

dom0() {
  ln -sf /bin/busybox "$root/sbin/init"
  echo dom0 > "$root/etc/hostname"
  echo '127.0.0.1 localhost dom0' > "$root/etc/hosts" # sudo asks for its own machine's name
  install -m 755 "$here/dom0/rc" "$root/etc/rc"
  install -m 644 "$here/dom0/inittab" "$root/etc/inittab"
  install -m 644 "$here/dom0/sshd_config" "$root/etc/ssh/sshd_config"
  rm -f "$root"/etc/ssh/ssh_host_*
  ssh-keygen -q -t ed25519 -N '' -C dom0 -f "$out/host_key"
  install -m 600 "$out/host_key" "$root/etc/ssh/ssh_host_ed25519_key"
  ssh-keygen -q -t ed25519 -N '' -C rig -f "$out/id_ed25519"
  people
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/boot/*
}

# root; admin, who may use sudo; visitor, who may not.
people() {
  head -c 12 /dev/urandom | base64 > "$out/password"
  chroot "$root" useradd -m -s /bin/bash admin
  chroot "$root" useradd -m -s /bin/bash visitor
  echo 'admin ALL=(ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/admin"
  for name in root admin visitor; do
    local home=$root/root
    [ $name = root ] || home=$root/home/$name
    install -d -m 700 "$home/.ssh"
    install -m 600 "$out/id_ed25519.pub" "$home/.ssh/authorized_keys"
    chroot "$root" chown -R "$name:$name" "${home#"$root"}/.ssh"
    echo "$name:$(cat "$out/password")" | chroot "$root" chpasswd
  done
}

disk() {
  local mebibytes
  mebibytes=$(($(du -sm "$root" | cut -f1) + 128))
  PATH=$PATH:/sbin:/usr/sbin mke2fs -q -t ext4 -O ^has_journal -E lazy_itable_init=1 -m 0 -d "$root" "$out/dom0.ext4" "${mebibytes}M"
}

umask 022
say "Debian $suite with Xen"
debian
say 'the kernel'
kernel
initrd
say 'dom0'
dom0
disk
chmod 600 "$out/id_ed25519" "$out/host_key" "$out/password"
say 'image built'
