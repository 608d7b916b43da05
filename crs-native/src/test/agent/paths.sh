# shellcheck shell=bash disable=SC2154,SC2016
# One file, many names.

for name in secret link link2 folder/../secret ./secret //proc/self/root"$dir"/secret other-name linked; do
    case $name in //*) path=${name#/} ;; *) path=$dir/$name ;; esac
    expect "denies reading by $name" 1 guarded cat "$path"
    so "tells nothing by $name" ! -s "$dir/out"
done
expect 'denies a relative path' 1 guarded sh -c 'cd "$dir/folder"; cat ../secret'
expect 'denies through the working folder of another process' 1 guarded sh -c 'cat "/proc/$PPID/cwd/secret"'
expect 'denies by a folder descriptor' 1 guarded "$probe" dirfd "$dir" secret
expect 'denies by openat2' 1 guarded "$probe" openat2 "$dir/secret"
expect 'denies by an O_PATH descriptor' 1 guarded "$probe" path-descriptor "$dir/secret"
expect 'denies a thread in a folder of its own' 1 guarded "$probe" thread-folder "$dir" secret
expect 'EFAULT stays EFAULT, and the next open works' 0 guarded "$probe" edge "$dir/public"
[ "$(uname -m)" = x86_64 ] && expect 'denies by open' 1 guarded "$probe" open "$dir/secret"
[ "$(id -u)" = 0 ] && expect 'denies below another root' 1 guarded "$probe" chroot "$dir" /secret
expect 'allows below another root' 0 sh -c '[ "$(id -u)" != 0 ] || "$init" --table "$dir/guard.table" -- "$dir/probe" chroot "$dir" /public'
expect 'denies with an empty environment' 1 guarded env -i /bin/cat "$dir/secret"
expect 'denies in a shell that opens by itself' 2 guarded sh -c 'read -r x <"$dir/secret"; exit $?'

expect 'allows what no rule denies' 0 guarded cat "$dir/public"
so 'and reads it' "$(cat "$dir/out")" = open
expect 'lets a monitored read through' 0 guarded cat "$dir/watched"
so 'and tells it' "$(events '"action":"MONITOR".*"rule":{"index":3,')" -ge 1
so 'denials are told with both names' "$(events "\"requested\":\"$dir/link\",\"path\":\"$dir/secret\"")" -ge 1
so 'by the program that asked' "$(events '"exe":"[^"]*/cat".*"errno":"EACCES"')" -ge 1

expect '/proc/self is the caller' 0 guarded sh -c '[ "$(grep ^Name: /proc/self/status)" = "Name:	grep" ]'
expect '/proc/thread-self is the caller' 0 guarded sh -c '[ "$(cat /proc/thread-self/comm)" = cat ]'
expect '/dev/stdin is the caller'"'"'s' 0 guarded sh -c '[ "$(echo piped | cat /dev/stdin)" = piped ] && [ "$(cat /dev/fd/0 <"$dir/public")" = open ]'
expect 'denies /dev/stdin of a denied file' 1 sh -c '"$init" --table "$dir/guard.table" -- cat /dev/stdin <"$dir/secret"'
expect 'keeps /dev/null and /dev/urandom' 0 guarded sh -c 'head -c 4 /dev/urandom >/dev/null && : >/dev/full'
expect 'the agent'"'"'s memory cannot be opened' 0 guarded sh -c 'for p in $PPID $(cat /proc/$PPID/task/$PPID/children); do [ $p = $$ ] && continue; cat /proc/$p/stat >/dev/null || exit 2; dd if=/proc/$p/mem of=/dev/null bs=1 count=0 2>/dev/null && exit 1; done; exit 0'

expect 'a path changed by another thread never wins' 0 guarded "$dir/race" "$dir/public" "$dir/secret" "${CRS_RACES:-100000}"
cat "$dir/out"
