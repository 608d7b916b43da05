# shellcheck shell=bash disable=SC2154,SC2016
# Exit statuses, signals, what the application sees of its start.

expect 'gives the exit status' 7 guarded sh -c 'exit 7'
expect 'gives 128 + n for a signal' 137 guarded sh -c 'kill -9 $$'
expect 'gives 127 for what is not there' 127 guarded no-such-program
expect 'gives 127 for a path that is not there' 127 guarded "$dir/no-such-program"
expect 'gives 126 for what cannot be executed' 126 guarded "$dir/public"
expect 'starts nothing without a table' 125 "$init" --table "$dir/no-table" -- touch "$dir/started"
head -c 100 "$dir/guard.table" >"$dir/cut.table"
expect 'starts nothing with a broken table' 125 "$init" --table "$dir/cut.table" -- touch "$dir/started"
so 'nothing was started' ! -e "$dir/started"
expect 'says what a table holds' 0 "$init" --check --table "$dir/guard.table"
so 'the check names the policy' "$(grep -c 'agent test' "$dir/out")" = 1

# The same names, environment, folder, descriptors, mask and umask as without the agent.
seen='echo "$0 $*"; pwd; umask; env | grep -v -e "^_=" -e "^SHLVL="; ls /proc/self/fd; grep -e "^Sig[BIC]" -e "^Umask" /proc/self/status'
native=$(cd folder && umask 031 && trap '' USR2 && env -i A=1 PATH="$PATH" sh -c "$seen" zero one two)
below=$(cd folder && umask 031 && trap '' USR2 && env -i A=1 PATH="$PATH" "$init" --table "$dir/guard.table" -- sh -c "$seen" zero one two)
so 'the application sees the same as without the agent' "$native" = "$below"

# A signal sent to crs-init reaches the application.
# shellcheck disable=SC2016
guarded sh -c 'trap "exit 9" TERM; touch "$dir/ready"; while :; do sleep 0.1; done' &
pid=$!
for _ in $(seq 100); do [ -e "$dir/ready" ] && break; sleep 0.1; done
kill -TERM "$pid"
wait "$pid"
so 'passes signals on' $? = 9

# Orphans are reaped: none is left as a zombie below crs-init.
# shellcheck disable=SC2016
expect 'reaps orphans' 0 guarded sh -c '(sh -c "exit 0" & sh -c "exit 0" & exit 0); sleep 0.5; ! grep -l "^State:.Z" /proc/[0-9]*/status 2>/dev/null | while read -r f; do grep -q "^PPid:.$PPID$" "$f" && echo z; done | grep -q z'
