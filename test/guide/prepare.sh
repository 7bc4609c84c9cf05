#!/usr/bin/env bash
# Run in a mount namespace of its own: prepare.sh FOLDER CHECKOUT
# Makes FOLDER/root, a copy of this machine on top of which everything is written to memory, with the checkout
# in its /root/deedbox. Then waits for its standard input to end. GUIDE_ROOT names the root folder of another system,
# as debootstrap makes it, in place of this one.
set -euo pipefail
folder=$1 checkout=$2
root=$folder/root
mount --make-rprivate /
mount -t tmpfs none "$folder"
mkdir "$folder/upper" "$folder/work" "$root"
mount -t overlay overlay -o "lowerdir=${GUIDE_ROOT:-/},upperdir=$folder/upper,workdir=$folder/work" "$root"
mount -t proc proc "$root/proc"
cp --remove-destination /etc/resolv.conf "$root/etc/resolv.conf"
mount -t tmpfs none "$root/run"
mount --bind /dev "$root/dev"
# Debian empties /tmp when it boots, and the checkout may lie there
mount -t tmpfs none "$root/tmp"
mkdir -p "$root/mnt/checkout" "$folder/empty"
mount -t overlay overlay -o "lowerdir=$checkout:$folder/empty" "$root/mnt/checkout"

mkdir -p "$root/root/deedbox"
(cd "$checkout" && git ls-files --cached --others --exclude-standard -z | tar -c --null --ignore-failed-read -T - 2>/dev/null) |
  tar -x --no-same-owner -C "$root/root/deedbox"

# What a machine of its own would do to the kernel that it shares with this one.
for unit in systemd-sysctl systemd-modules-load systemd-binfmt systemd-udevd systemd-udev-trigger; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit.service"
done
for unit in proc-sys-fs-binfmt_misc.automount tmp.mount dev-hugepages.mount dev-mqueue.mount \
  sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount \
  systemd-udevd-kernel.socket systemd-udevd-control.socket systemd-journald-audit.socket; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
mkdir -p "$root/etc/systemd/journald.conf.d"
printf '[Journal]\nReadKMsg=no\n' >"$root/etc/systemd/journald.conf.d/guide.conf"
printf '[Unit]\nRequires=sysinit.target\n' >"$root/etc/systemd/system/guide.target"
echo ready
cat >/dev/null
