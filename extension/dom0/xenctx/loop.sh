# A recording on a dom0 without Python: xenctx, again and again. sh alone, nothing is written. Arguments: domid, mean ms between traces, seconds or 0.
#
# xenctx prints while the guest is paused, so it must not die in the middle: it prints into a variable of ours, and no signal that ends us reaches it.
domid=$1 rest_ms=$2 seconds=$3
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/usr/lib/xen/bin:/usr/local/lib/xen/bin
for folder in /usr/lib/xen-*/bin; do PATH=$PATH:$folder; done
command -v xenctx >/dev/null || { echo 'ringside: xenctx was not found on dom0' >&2; exit 4; }
trap '' HUP PIPE INT
over=
trap 'over=stopped' TERM
self=$$
exec 3<&0 </dev/null
(
  trap - TERM
  while read -r line; do case $line in *'"stop"'*) break ;; esac; done <&3
  kill -TERM "$self"
) &
listener=$!
exec 3<&-

version=
[ ! -r /sys/hypervisor/version/major ] ||
  version=$(cat /sys/hypervisor/version/major).$(cat /sys/hypervisor/version/minor)$(cat /sys/hypervisor/version/extra)
printf '\0RINGSIDE X\n@ xen %s\n' "$version"
read -r start _ </proc/uptime
while [ -z "$over" ]; do
  # some time between none and twice the mean
  chance=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
  wait_ms=$((2 * rest_ms * chance / 65536))
  sleep "$((wait_ms / 1000)).$(printf %03d $((wait_ms % 1000)))" &
  sleeper=$!
  wait "$sleeper" || kill "$sleeper" 2>/dev/null
  [ -z "$over" ] || break
  states=$(xl vcpu-list "$domid" 2>&1) || { over=gone; break; }
  read -r before _ </proc/uptime
  trace=$(xenctx -C -k 0 -t -b 8 -n 4 -l MAX "$domid" 2>&1)
  code=$?
  # ended by force, perhaps while it held the guest
  [ "$code" -lt 128 ] || xl unpause "$domid"
  read -r after _ </proc/uptime
  printf '@ trace %s %s %s %s\n%s\n%s\n' "$start" "$before" "$after" "$code" "$states" "$trace" || break
  [ "$seconds" -eq 0 ] || [ $((${after%.*} - ${start%.*})) -lt "$seconds" ] || over=duration
done
printf '@ over %s\n' "$over"
kill "$listener" 2>/dev/null
exit 0
