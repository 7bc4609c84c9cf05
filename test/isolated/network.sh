#!/usr/bin/env bash
# Run inside network and mount namespaces of its own: network.sh COMMAND…
# Beside loopback there is one interface, out0, to which every other address leads and from which nothing
# comes back. So each attempt to reach anything, a name server included, is a packet that out0 counts.
set -euo pipefail

ip link set lo up
ip link add out0 type veth peer name out1 2>/dev/null || ip link add out0 type dummy
for interface in out0 out1; do
  conf=/proc/sys/net/ipv6/conf/$interface
  [ -d "$conf" ] || continue
  # what the kernel would send by itself: it asks for routers, and whether an address is taken
  for quiet in accept_ra=0 autoconf=0 router_solicitations=0 accept_dad=0 dad_transmits=0 addr_gen_mode=1; do
    { echo "${quiet#*=}" >"$conf/${quiet%=*}"; } 2>/dev/null || true
  done
  ip link set "$interface" arp off multicast off
done
ip link show out1 >/dev/null 2>&1 && ip link set out1 up
ip link set out0 up
# documentation's addresses (RFC 5737, RFC 3849)
ip addr add 192.0.2.1/24 dev out0
ip route add default dev out0
if [ -d /proc/sys/net/ipv6 ]; then
  ip -6 addr add 2001:db8::1/64 dev out0 nodad
  ip -6 route add default dev out0
fi

files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
printf 'nameserver 192.0.2.53\noptions timeout:1 attempts:1\n' >"$files/resolv.conf"
printf 'hosts: files dns\n' >"$files/nsswitch.conf"
for name in resolv.conf nsswitch.conf; do
  if [ -e "/etc/$name" ]; then mount --bind "$files/$name" "$(readlink -f "/etc/$name")"; fi
done
# daemons that would look a name up outside
for daemon in /run/nscd /run/systemd/resolve /run/dbus; do
  if [ -d "$daemon" ]; then mount -t tmpfs none "$daemon"; fi
done
grep -q '192.0.2.53' /etc/resolv.conf || { echo "There is no /etc/resolv.conf to be put aside." >&2; exit 2; }
"$@"
