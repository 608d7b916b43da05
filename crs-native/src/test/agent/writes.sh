# shellcheck shell=bash disable=SC2154,SC2016
# What must not be written is not: not made, not emptied, not removed.

expect 'denies a new file' 2 guarded sh -c 'echo x >"$dir/app/new"'
expect 'denies a new file through a link to the folder' 2 guarded sh -c 'echo x >"$dir/app-link/new"'
expect 'denies a new file through a dangling link' 2 guarded sh -c 'echo x >"$dir/dangling"'
expect 'denies O_EXCL' 1 guarded "$probe" exclusive "$dir/app/new"
expect 'denies O_TMPFILE' 1 guarded "$probe" unnamed "$dir/app"
[ "$(uname -m)" = x86_64 ] && expect 'denies creat' 1 guarded "$probe" creat "$dir/app/new"
so 'nothing was made' ! -e "$dir/app/new"
expect 'denies emptying' 1 guarded "$probe" truncate "$dir/app/file"
so 'nothing was emptied' "$(cat "$dir/app/file")" = old
expect 'denies removing' 1 guarded rm -f "$dir/app/file"
expect 'denies moving a file in' 1 guarded mv "$dir/public" "$dir/app/in"
expect 'denies moving the folder away' 1 guarded mv "$dir/app" "$dir/gone"
expect 'denies a hard link to a denied file' 1 guarded ln "$dir/secret" "$dir/hard"
so 'all is where it was' -e "$dir/app/file" -a -e "$dir/public" -a ! -e "$dir/hard"
expect 'denies a renamed file by what it is' 1 guarded sh -c 'mv "$dir/linked" "$dir/renamed" && cat "$dir/renamed"'
mv "$dir/renamed" "$dir/linked"

native() { sh -c "$1"; }
below() { "$init" --table "$dir/guard.table" -- sh -c "$1"; }
for run in native below; do
    mkdir "$dir/$run" && (cd "$dir/$run" && umask 027 && "$run" '
        echo a >f; echo b >>f; mkdir d; ln -s f l; ln -s nowhere n; echo c >n; ln f h; chmod 604 h; : >e; echo x >e; : >e
        mknod p p; set -C; echo y >f 2>/dev/null; echo $? ; echo z >d 2>/dev/null; echo $?; cat none 2>/dev/null; echo $?
        cat f/x 2>&1 | sed "s/.*: //"; cat d 2>&1 | sed "s/.*: //"; touch -d 2001-01-01 f; rmdir d; mv f g; ls -ld --time-style=+%Y *' 2>&1 \
        | sed 's| [0-9]* | |2' >"../$run.said" 2>&1)
done
so 'allowed writes do the same as without the agent' "$(cat "$dir/native.said")" = "$(cat "$dir/below.said")"

# Calls that change a file, or make one, although they are there for something else.
expect 'denies a request that changes a file' 1 guarded "$probe" set-flags "$dir/app/file"
if "$probe" set-flags "$dir/public"; then
    cp "$dir/public" "$dir/flagged"
    expect 'and lets it change another one' 0 guarded "$probe" set-flags "$dir/flagged"
fi
if "$probe" set-attributes "$dir/public"; then
    expect 'denies file_setattr' 1 guarded "$probe" set-attributes "$dir/app/file"
    expect 'and lets it change another one' 0 guarded "$probe" set-attributes "$dir/folder/../public"
    so 'an event names it' "$(events '"name":"file_setattr"')" -ge 1
fi
for name in "$dir/app/socket" "$dir/app-link/socket" "$dir/folder/../app/socket"; do
    expect "denies making a socket: $name" 1 guarded "$probe" bind "$name"
done
expect 'denies making a socket where it is' 1 guarded "$probe" bind socket "$dir/app"
so 'there is none' ! -e "$dir/app/socket"
expect 'makes one elsewhere' 0 guarded "$probe" bind "$dir/folder/socket"
so 'there it is' -S "$dir/folder/socket"
expect 'and one without a file' 0 guarded "$probe" bind ''
so 'the event names the call that was made' "$(events '"name":"bind"')" -ge 3
