# shellcheck shell=bash disable=SC2154,SC2016
# FAST enforcement: dynamic programs decide in themselves what they may read; everything else is as it was.

fast=("$init" --table "$dir/guard.table" --enforcement fast --events "file:$dir/fast-events" --)
mkdir "$dir/many" "$dir/chrooted"
for i in $(seq 600); do echo "$i" >"$dir/many/$i"; done
printf '#!/bin/sh\nexec "%s" --table "%s/guard.table" --enforcement fast --events "file:%s/fast-events" -- "$@"\n' "$init" "$dir" "$dir" >"$dir/bin/fast"
chmod 755 "$dir/bin/fast"
told() { grep -c "$1" "$dir/fast-events"; }
# How often the workers were woken, said by the application at its end.
asked='set -- $(cat /proc/$PPID/task/$PPID/children); for p; do [ $p = $$ ] || cat /proc/$p/status; done | awk "/^voluntary/ {n += \$2} END {print n}"'

# Five opens before a program decides in itself, then the one that matters.
before="$dir/many/1 $dir/many/2 $dir/many/3 $dir/many/4 $dir/many/5"
so 'many files are read without asking' "$("${fast[@]}" sh -c 'cat "$dir"/many/* >/dev/null; '"$asked")" -lt 400
so 'which strict enforcement does not do' "$("$init" --table "$dir/guard.table" -- sh -c 'cat "$dir"/many/* >/dev/null; '"$asked")" -gt 600
so 'and they are what was read' "$("${fast[@]}" sh -c 'cd "$dir/many" && cat * | wc -l')" = 600

: >"$dir/fast-events"
for path in secret ./secret app/../secret link link2 /proc/self/cwd/secret /proc/self/root"$dir"/secret app-link/../secret; do
    expect "a denied file is denied as $path" 1 "${fast[@]}" sh -c 'cd "$dir" && cat '"$before $path"
    so "and told of" "$(grep -c '"name":"secret"' "$dir/fast-events")" -ge 1
    : >"$dir/fast-events"
done
expect 'by another name of the same file' 1 "${fast[@]}" sh -c "cat $before $dir/other-name"
expect 'by a name it gets meanwhile' 1 "${fast[@]}" sh -c "mv $dir/linked $dir/many/new && cat $before $dir/many/new"
so 'to which it was moved' -e "$dir/many/new"
mv "$dir/many/new" "$dir/linked"
# A file with one name, on a file system that is shown once, need not be looked at; until it is about to get another name.
if [ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null; then
    mkdir "$dir/fs"
    printf '{"name":"solo","policyMode":"ACTIVE","defaultNetworkAction":"ALLOW","defaultFileAction":"ALLOW","defaultExecuteAction":"ALLOW",
"rules":[{"name":"solo","ruleType":"READ","file":"%s/fs/solo/file","action":"DENY"}]}' "$dir" >"$dir/solo.json"
    "${compile[@]}" "$dir/solo.json" -o "$dir/solo.table" >&2 || exit 3
    alone() { # alone COMMAND: below the agent, where the folder fs is a file system of its own
        # shellcheck disable=SC2016
        unshare --mount sh -c 'mount -t tmpfs none "$dir/fs" && mkdir "$dir/fs/solo" && echo single >"$dir/fs/solo/file" &&
            "$init" --table "$dir/solo.table" --enforcement fast -- sh -c "$1"' sh "$1"
    }
    export -f alone
    expect 'a file with one name is denied by it' 1 bash -c 'alone "$0"' "cat $before $dir/fs/solo/file"
    expect 'and by the one it is moved to' 1 bash -c 'alone "$0"' "mv $dir/fs/solo/file $dir/fs/moved || exit 9; cat $before $dir/fs/moved"
    expect 'and below another name of its folder' 1 bash -c 'alone "$0"' "mv $dir/fs/solo $dir/fs/duo || exit 9; cat $before $dir/fs/duo/file"
    expect 'and the one it is linked to is not made' 1 bash -c 'alone "$0"' "ln $dir/fs/solo/file $dir/fs/linked"
fi

expect 'a monitored file is read' 0 "${fast[@]}" sh -c "cat $before $dir/watched"
so 'and told of each time' "$(told '"name":"watched"')" = 1
expect 'what only some programs may not read, others do' 0 "${fast[@]}" sh -c "cat $before $dir/family"
expect 'and those and their children do not' 1 "${fast[@]}" "$dir/launcher" -c "cat $before $dir/family"
expect 'writing is denied' 2 "${fast[@]}" sh -c ': >"$dir/app/file"'
expect 'a raw call is denied' 1 "${fast[@]}" "$probe" open "$dir/secret"
expect 'a program without a C library is denied' 1 "${fast[@]}" env -i "$probe" open "$dir/secret"
expect 'a program that throws the object out is denied' 1 "${fast[@]}" env -i /bin/cat "$dir/secret"
expect 'what is not there is not there' 1 "${fast[@]}" sh -c "cat $before $dir/nowhere"
so 'with its own error' "$(grep -c 'No such file' "$dir/err")" = 1
expect 'the own part of /proc is read' 0 "${fast[@]}" sh -c "cat $before /proc/self/status /proc/self/fd/0 </dev/null"
expect 'the memory of the agent is not' 1 "${fast[@]}" sh -c "cat $before /proc/\$PPID/environ"
expect 'folders are listed' 0 "${fast[@]}" sh -c 'ls -R "$dir/many" >/dev/null'
expect 'an object that is loaded already stays' 0 env LD_PRELOAD=libc.so.6 "${fast[@]}" sh -c 'case $LD_PRELOAD in */libcrs.so:libc.so.6) ;; *) exit 1 ;; esac'

# Names that no longer mean the same: from then on the agent decides on everything.
if [ "$(id -u)" = 0 ] && [ -x /usr/sbin/chroot ]; then
    cp "$programs/probe" "$dir/chrooted/probe"
    expect 'a changed root ends it' 1 "${fast[@]}" sh -c '/usr/sbin/chroot "$dir/chrooted" /probe open /nothing; cat "$dir/secret"'
    so 'for everybody' "$("${fast[@]}" sh -c '/usr/sbin/chroot "$dir/chrooted" /probe open /probe; cat "$dir"/many/* >/dev/null; '"$asked")" -gt 600
fi

# Another policy, while programs decide by the one before.
# By globs, which have no other names; and the first one allows: who went on by it would be seen.
for name in first second; do
    sed "s|/secret\"|/secre?\"|; s|/public\"|/publi?\"|" "$dir/next/$name.json" >"$dir/next/glob-$name.json"
    "${compile[@]}" "$dir/next/glob-$name.json" -o "$dir/next/glob-$name" >&2 || exit 3
done
cp "$dir/next/glob-second" "$dir/live/table"
: >"$dir/live/events"
echo '-' >"$dir/live/state"
"$init" --table "$dir/live/table" --watch --enforcement fast --log-mode 2 --events "file:$dir/live/events" -- \
    sh -c 'for i in 1 2; do "$programs/probe-dynamic" agrees "$dir/live/state" "$dir/secret" & done; "$programs/probe-dynamic" agrees "$dir/live/state" "$dir/secret"; first=$?; wait; exit $first' >"$dir/live/out" 2>"$dir/live/err" &
live=$!
sleep 0.3
acknowledged=0
for i in $(seq 20); do
    name=glob-second state=open
    [ $((i % 2)) = 0 ] && name=glob-first state=denied
    echo '-' >"$dir/live/state.new" && mv "$dir/live/state.new" "$dir/live/state"
    put $name && acknowledged=$((acknowledged + 1))
    echo $state >"$dir/live/state.new" && mv "$dir/live/state.new" "$dir/live/state"
    sleep 0.1
done
echo end >"$dir/live/state.new" && mv "$dir/live/state.new" "$dir/live/state"
wait "$live"
so 'no program goes on by the policy before' $? = 0
so 'every change was acknowledged' "$acknowledged" -eq 20
so 'and many opens were looked at' "$(awk '/^agreed/ {n += $2} END {print n + 0}' "$dir/live/out")" -gt 1000
