# A recording on a dom0 without Python: xenctx, again and again. sh alone, nothing is written.
# Arguments: domid, mean ms between traces, how many times as long as a trace the guest is left alone, seconds or 0.
#
# xenctx prints while the guest is paused, so it must not die in the middle: it prints into a variable of ours, and no signal that ends us reaches it.
# It walks the guest's page tables anew for each word that it shows, some 250 us a word on an emulated processor: so 128 words of the stack, and a trace
# by frame pointers (-f), which nobody reads, because the other one would read every word of four pages.
domid=$1 period_ms=$2 rest=$3 seconds=$4
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

# Milliseconds since 1970, or since the boot where date has no nanoseconds (busybox), then in steps of ten.
now_ms() {
  now=$(date +%s%N 2>/dev/null)
  case $now in
  '' | *[!0-9]*) read -r now _ </proc/uptime; now=${now%.*}${now#*.}0 ;;
  *) [ ${#now} -gt 15 ] && now=${now%??????} || { read -r now _ </proc/uptime; now=${now%.*}${now#*.}0; } ;;
  esac
}

version=
[ ! -r /sys/hypervisor/version/major ] ||
  version=$(cat /sys/hypervisor/version/major).$(cat /sys/hypervisor/version/minor)$(cat /sys/hypervisor/version/extra)
printf '\0RINGSIDE X\n@ xen %s\n' "$version"
now_ms; start=$now
mean_ms=$((period_ms < 1000 ? period_ms : 1000))
while [ -z "$over" ]; do
  # some time between none and twice the mean
  chance=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
  wait_ms=$((2 * mean_ms * chance / 65536))
  if [ "$seconds" -gt 0 ]; then
    now_ms
    left_ms=$((start + seconds * 1000 - now))
    [ "$left_ms" -gt 0 ] || { over=duration; break; }
    [ "$wait_ms" -le "$left_ms" ] || wait_ms=$left_ms
  fi
  sleep "$((wait_ms / 1000)).$(printf %03d $((wait_ms % 1000)))" &
  sleeper=$!
  wait "$sleeper" || kill "$sleeper" 2>/dev/null
  [ -z "$over" ] || break
  states=$(xl vcpu-list "$domid" 2>&1) || { over=gone; break; }
  now_ms; before=$now
  trace=$(xenctx -C -f -k 0 -t -b 8 -n 4 -l 128 "$domid" 2>&1)
  code=$?
  # ended by force, perhaps while it held the guest
  [ "$code" -lt 128 ] || xl unpause "$domid"
  now_ms
  printf '@ trace %s %s %s %s\n%s\n%s\n' "$start" "$before" "$now" "$code" "$states" "$trace" || break
  mean_ms=$(((now - before) * rest))
  [ "$mean_ms" -gt "$period_ms" ] || mean_ms=$period_ms
done
printf '@ over %s\n' "$over"
kill "$listener" 2>/dev/null
exit 0
