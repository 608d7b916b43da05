# shellcheck shell=bash disable=SC2154,SC2016,SC2012,SC2046
# Processes that come from outside the tree of the agent: in a pid namespace of its own, as a container has.

object=$(dirname "$init")/libcrs.so
inside=
enter_start() { # enter_start CHILDREN TABLE [OPTION...]: an agent as process 1 of a namespace, when it has that many children
    local children=$1 table=$2
    shift 2
    : >"$dir/enter.events"
    unshare --pid --fork --mount-proc env LD_PRELOAD="$object" "$init" --table "$table" "$@" --events "file:$dir/enter.events" -- sleep 60 >"$dir/enter.out" 2>&1 &
    outside=$!
    for _ in $(seq 100); do
        inside=$(children "$outside" 2>/dev/null | cut -d ' ' -f 1)
        [ -n "$inside" ] && [ "$(children "$inside" 2>/dev/null | wc -w)" -ge "$children" ] && echo "$inside" >"$dir/inside" && return 0
        sleep 0.05
    done
    return 1
}
enter_stop() {
    kill -9 "$inside" 2>/dev/null
    wait "$outside" 2>/dev/null
}
# Only inside is it loaded: out here another agent may run, whose business this is not.
printf '#!/bin/sh\nexec nsenter --target "$(cat "%s/inside")" --pid --mount "$@"\n' "$dir" >"$dir/bin/enter-plain"
printf '#!/bin/sh\nexec enter-plain env LD_PRELOAD="%s" "$@"\n' "$object" >"$dir/bin/enter"
chmod 755 "$dir/bin/enter" "$dir/bin/enter-plain"

if [ "$(id -u)" -eq 0 ] && unshare --pid --fork --mount-proc true 2>/dev/null; then
    enter_start 3 "$dir/guard.table"
    so 'an agent is process 1' $? = 0
    expect 'denies who enters' 1 enter cat "$dir/secret"
    expect 'lets who enters do what is allowed' 0 enter cat "$dir/public"
    expect 'denies a static program it starts' 1 enter sh -c '"$dir/probe" open "$dir/secret"'
    expect 'denies a child without an environment' 1 enter sh -c 'env -i cat "$dir/secret"'
    expect 'denies an orphan it leaves behind' 0 enter sh -c '(cat "$dir/secret" >"$dir/left" 2>/dev/null; touch "$dir/left.done") &'
    for _ in $(seq 50); do [ -e "$dir/left.done" ] && break; sleep 0.1; done
    so 'which read nothing' ! -s "$dir/left"
    expect 'a static program that enters is outside' 0 enter "$dir/probe" open "$dir/secret"
    cp "$(command -v cat)" "$dir/tool.old" && mv "$dir/tool" "$dir/tool.keep" && mv "$dir/tool.old" "$dir/tool"
    expect 'does not let in a program the policy denies' 126 enter "$dir/tool" "$dir/public"
    mv "$dir/tool.keep" "$dir/tool"
    expect 'starts many programs from there' 0 enter sh -c 'for i in $(seq 50); do cat "$dir/public" >/dev/null || exit 1; done'
    setpriv=$(command -v setpriv)
    [ -n "$setpriv" ] && expect 'another user who enters is held' 1 enter setpriv --reuid 1000 --regid 1000 --clear-groups cat "$dir/secret"
    if command -v musl-gcc >/dev/null; then
        printf '#include <stdio.h>\nint main(int c, char **v) { FILE *f = fopen(v[1], "r"); (void)c; return f == NULL; }\n' >"$dir/reader.c"
        musl-gcc -O1 "$dir/reader.c" -o "$dir/reader"
        expect 'a program of musl that enters is held' 1 enter "$dir/reader" "$dir/secret"
        expect 'and works' 0 enter "$dir/reader" "$dir/public"
    fi
    expect 'a static program that enters is heard' 0 enter-plain "$probe" knock "$(readlink "/proc/$inside/ns/pid")" "$(readlink "/proc/$inside/ns/mnt")"
    so 'it is' "$(cat "$dir/out")" = heard
    expect 'who was taken is not heard again' 0 enter sh -c 'exec "$dir/probe" knock "$0" "$1"' "$(readlink "/proc/$inside/ns/pid")" "$(readlink "/proc/$inside/ns/mnt")"
    so 'it is not' "$(cat "$dir/out")" = ignored
    # Twenty at once, then the same again: whatever was opened for them is closed.
    many() { for _ in $(seq 20); do enter cat "$dir/secret" >/dev/null 2>&1 & done; wait $(jobs -p | grep -v "^$outside$"); }
    many
    sleep 0.5
    before=$(ls "/proc/$inside/fd" | wc -l)
    for _ in 1 2 3 4 5; do many; done
    sleep 0.5
    so 'nothing is left of a hundred who entered' "$(ls "/proc/$inside/fd" | wc -l)" -le "$before"
    so 'their workers neither' "$(children "$inside" | wc -w)" = 3
    # Where the machine is too busy for the agent to answer in time, some are ended, and told of as well.
    so 'each is told' "$(grep -c 'entered the container from outside and' "$dir/enter.events")" -ge 120
    so 'and most are taken' "$(grep -c 'entered the container from outside and is held' "$dir/enter.events")" -ge 60
    enter_stop
    expect 'without an agent a program that loads it runs' 0 env LD_PRELOAD="$object" cat "$dir/secret"

    enter_start 1 "$dir/INACTIVE.table" --log-mode 0
    expect 'an inactive policy lets in everybody' 0 enter cat "$dir/secret"
    enter_stop
else
    echo 'left out: processes from outside (they need root)'
fi
