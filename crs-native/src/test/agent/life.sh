# shellcheck shell=bash disable=SC2154,SC2016
# Calls that wait, processes that change their user, workers that die.

expect 'an open that waits stalls nobody' 0 guarded sh -c '
    for i in 1 2 3 4 5 6; do cat "$dir/fifo" >"$dir/fifo.$i" & done
    for i in $(seq 50); do cat "$dir/public" >/dev/null || exit 1; done
    sleep 0.3; for i in 1 2 3 4 5 6; do (echo through >"$dir/fifo") & done; sleep 0.5; exec 3<>"$dir/fifo"; exec 3>&-
    wait; [ "$(cat "$dir"/fifo.[1-6] | sort -u)" = through ]'
expect 'a process that is killed while it waits is gone' 0 guarded sh -c '
    cat "$dir/fifo" & sleep 0.3; kill -9 $!; wait $!; [ $? -eq 137 ] && cat "$dir/public"'
expect 'one that is killed while it is looked at' 0 "$init" --table "$dir/guard.table" --events "file:$dir/events.killed" -- "$dir/killed" 3000 \
    "$dir/public"
so 'is nothing to tell of' ! -s "$dir/events.killed"
expect 'a signal handler runs while an open waits' 0 guarded timeout 20 bash -c '
    trap "exit 0" ALRM; (sleep 0.3; kill -ALRM $$) & read -r x <"$dir/fifo"; exit 1'
if [ "$(id -u)" = 0 ]; then
    chmod 644 "$dir/secret" "$dir/public"
    expect 'a process that changed its user reads what it may' 0 guarded "$probe" set-user "$dir/public"
    expect 'and not what is denied' 1 guarded "$probe" set-user "$dir/secret"
    expect 'it opens what it has open' 0 guarded "$probe" set-user /proc/self/fd/9 9<"$dir/public"
    expect 'and where it is' 0 guarded "$probe" set-user /proc/self/cwd/public
    expect 'and by its root' 0 guarded "$probe" set-user "/proc/thread-self/root$dir/public"
    expect 'but not what is denied' 1 guarded "$probe" set-user /proc/self/cwd/secret
    expect 'nor by its root' 1 guarded "$probe" set-user "/proc/self/root$dir/secret"
    expect 'nor what somebody else has open' 1 guarded sh -c 'exec "$dir/probe" set-user "/proc/$PPID/fd/0"'
    chmod 600 "$dir/public"
    expect 'nor what its user may not' 1 guarded "$probe" set-user "$dir/public"
    chmod 644 "$dir/public"
else
    echo 'left out: changing the user (it needs root)'
fi

# The workers are killed from outside, one after the other, while the application opens and opens.
timeout -k 5 60 "$init" --table "$dir/guard.table" --events "file:$dir/events.life" -- sh -c 'n=0; touch "$dir/running"; while [ ! -e "$dir/stop" ]; do
    cat "$dir/public" >/dev/null 2>&1 && n=$((n + 1)); cat "$dir/secret" 2>/dev/null && exit 5; done; [ $n -gt 5 ]' &
pid=$!
for _ in $(seq 100); do [ -e "$dir/running" ] && break; sleep 0.1; done
for _ in 1 2 3 4; do
    # timeout, crs-init, and of its children those that are no shell
    # shellcheck disable=SC2046
    for worker in $(children $(children "$pid")); do
        [ "$(cat "/proc/$worker/comm")" = "$(basename "$init")" ] && kill -9 "$worker"
        sleep 0.1
    done
done
touch "$dir/stop"
wait "$pid"
so 'workers that are killed are replaced, and nothing gets through meanwhile' $? = 0
so 'which is told' "$(grep -c 'a worker died' "$dir/events.life")" -ge 4

# The application reaches the agent's processes by none of these. (Below the agent, $PPID is crs-init.)
worker='w=$(cut -d " " -f 1 "/proc/$PPID/task/$PPID/children")'
expect 'opens no folder of the agent, which is as good as a pidfd' 1 guarded bash -c 'exec 3<"/proc/$PPID"'
expect 'nor of a worker' 1 guarded bash -c "$worker"'; exec 3<"/proc/$w"'
expect 'follows none of its links' 1 guarded bash -c 'exec 3<"/proc/$PPID/exe"'
expect 'nor those of a worker' 1 guarded bash -c "$worker"'; exec 3<"/proc/$w/fd/1"'
expect 'nor its root' 1 guarded bash -c "$worker"'; exec 3<"/proc/$w/root/etc/hostname"'
expect 'reads none of its files' 1 guarded bash -c 'exec 3<"/proc/$PPID/maps"'
so 'which is told' "$(events 'a file of a process of the agent')" -ge 5
expect 'changes nothing through its links' 1 guarded bash -c 'chmod 700 "/proc/$PPID/fd/0"'
so 'which is told as well' "$(grep 'a file of a process of the agent' "$dir/events" | grep -c '"name":"fchmodat')" -ge 1
expect 'sees what ps needs' 0 guarded bash -c 'read -r x <"/proc/$PPID/stat" && ls /proc >/dev/null && cat "/proc/$PPID/cmdline" >/dev/null'
expect 'sends it no signal of a fault' 0 guarded bash -c 'kill -SEGV "$PPID" 2>/dev/null; kill -ABRT "$PPID" 2>/dev/null; cat "$dir/public" >/dev/null'
expect 'has the kernel send none for it' 1 guarded "$probe" set-signal
expect 'cannot take away what was told' 2 guarded sh -c ': >"$dir/events"'
expect 'nor the file of it' 1 guarded rm -f "$dir/events"
