# Sourced by the bash that runs a lab on a real kernel (real.py), before the lab's first line.

# After each command that fails: its exit code, and the line of the lab where it begins.
trap '__status=$?; echo "rc=$__status line=$LINENO"' ERR

# Links need up to a second until the kernel's deferred work on their state is done. A probe that follows a change of
# links waits for that; a model has nothing to wait for.
__links_settled() {
  local netns
  for netns in '' /run/netns/*; do
    [ "$netns" = '/run/netns/*' ] || command ip ${netns:+-n "${netns##*/}"} -o link show up
  done 2>/dev/null | awk '
    { carrier = ($3 !~ /NO-CARRIER/); running = ($3 ~ /LOWER_UP/) }
    carrier != running || carrier && / qdisc noop / { pending = 1 }
    END { exit pending }'
}
__settle() {
  local _
  for _ in {1..15}; do
    __links_settled && return
    sleep 0.1
  done
}
__links_changed=yes
__before_command() {
  case $1 in
    ping\ * | *\ ping\ * | *arping\ * | *mausezahn\ * | *trafgen\ * | nc\ * | *\ nc\ * | *tcpdump\ *)
      if [ "$__links_changed" ]; then
        __settle
        __links_changed=
      fi ;;
    *link* | *addr*) __links_changed=yes ;;
  esac
}
trap '__before_command "$BASH_COMMAND"' DEBUG
