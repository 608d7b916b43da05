# shellcheck shell=bash disable=SC2154,SC2016,SC2012
# What is executed.

expect 'denies a program' 1 guarded "$probe" exec "$dir/tool" ptrace
expect 'denies a program by a link' 1 guarded sh -c 'ln -sf tool "$dir/tool-link"; exec "$dir/probe" exec "$dir/tool-link" ptrace'
expect 'denies a program by its descriptor' 1 guarded "$probe" execveat "$dir/tool" ptrace
expect 'denies a script for its interpreter' 1 guarded "$probe" exec "$dir/denied-script"
so 'which did not run' "$(grep -c ran "$dir/out")" = 0
expect 'runs a script' 0 guarded "$dir/script"
so 'which ran' "$(cat "$dir/out")" = ran
loader=/lib64/ld-linux-x86-64.so.2
[ "$(uname -m)" = aarch64 ] && loader=/lib/ld-linux-aarch64.so.1
if [ -e "$loader" ]; then
    cp "$(command -v cat)" "$dir/dynamic"
    mv "$dir/tool" "$dir/tool.static" && cp "$dir/dynamic" "$dir/tool"
    expect 'denies a program given to the loader' 1 guarded "$probe" exec "$loader" "$dir/tool" "$dir/public"
    expect 'and runs another one so' 0 guarded "$probe" exec "$loader" "$dir/dynamic" "$dir/public"
    mv "$dir/tool.static" "$dir/tool"
fi
expect 'the exec event has the file executed' 0 test "$(events "\"path\":\"$dir/tool\",\"op\":\"execute\"")" -ge 3
expect 'starts two hundred programs' 0 guarded sh -c 'for i in $(seq 200); do /bin/true || exit 1; done'
expect 'starts programs from many processes at once' 0 guarded sh -c 'for i in $(seq 20); do (for j in $(seq 10); do cat "$dir/public" >/dev/null || touch "$dir/broke"; done) & done; wait; [ ! -e "$dir/broke" ]'

# A rule for a program that follows its children, however they were made.
expect 'anybody else reads it' 0 guarded cat "$dir/family"
expect 'the program itself is denied' 1 guarded "$dir/launcher" -c 'read -r x <"$dir/family"'
expect 'its child is denied' 1 guarded "$dir/launcher" -c 'cat "$dir/family"; exit $?'
expect 'a program executed in its place is denied' 1 guarded "$dir/launcher" -c 'exec cat "$dir/family"'
expect 'its grandchild is denied' 1 guarded "$dir/launcher" -c 'sh -c "cat \"$dir/family\"; exit \$?"; exit $?'
rm -f "$dir/read"
expect 'an orphan it left behind is denied' 0 guarded sh -c '"$dir/launcher" -c "(cat \"$dir/family\" >\"$dir/read\"; touch \"$dir/tried\") & exit 0"
    for i in $(seq 50); do [ -e "$dir/tried" ] && break; sleep 0.1; done; [ -e "$dir/tried" ] && [ ! -s "$dir/read" ]'
