# shellcheck shell=bash disable=SC2154,SC2016
# A process that changed its user without an exec, below an agent that may not look at it then: without SYS_PTRACE, as in a
# container. What it does with relative names is decided in the folder it went to, or not at all.

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    mkdir "$dir/moves" "$dir/moves/app" "$dir/moves/closed" && chmod 777 "$dir/moves" "$dir/moves/app" && echo open >"$dir/moves/app/public"
    sed "s|$dir/app/|$dir/moves/app/|" "$dir/guard.json" >"$dir/moves/guard.json"
    "${compile[@]}" "$dir/moves/guard.json" -o "$dir/moves/table" >&2 || exit 3
    blind=(setpriv --bounding-set -sys_ptrace --inh-caps -sys_ptrace "$init" --table "$dir/moves/table" --events "file:$dir/moves/events" --)
    for way in chdir fchdir proc readable; do
        expect "denies a relative name after: $way" 1 "${blind[@]}" "$dir/probe" become $way "$dir/moves/app" bind new
        so "and makes nothing: $way" ! -e "$dir/moves/app/new"
    done
    so 'and tells' "$(grep -c '"name":"bind"' "$dir/moves/events")" -eq 4
    expect 'opens what the folder has that was gone to' 0 "${blind[@]}" "$dir/probe" become chdir "$dir/moves/app" open public
    expect 'binds where nothing is denied' 0 "${blind[@]}" "$dir/probe" become chdir "$dir/moves" bind new
    so 'there' -S "$dir/moves/new"
    expect 'opens nothing from where it cannot look' 1 "${blind[@]}" "$dir/probe" become fchdir "$dir/moves/app" open public
    printf '{"name":"closed","policyMode":"ACTIVE","defaultNetworkAction":"ALLOW","defaultFileAction":"ALLOW","defaultExecuteAction":"ALLOW",
"rules":[{"name":"no way","ruleType":"SYSCALL","syscall":"chdir","arg1":"%s","action":"DENY"},
{"name":"nothing new","ruleType":"WRITE","file":"%s/*","action":"DENY"}]}' "$dir/moves/app" "$dir/moves/app" >"$dir/moves/closed.json"
    "${compile[@]}" "$dir/moves/closed.json" -o "$dir/moves/table" >&2 || exit 3
    expect 'stays where it is if chdir is refused' 0 "${blind[@]}" sh -c 'cd "$dir/moves" && exec "$dir/probe" become refused "$dir/moves/app" bind stayed'
    so 'and binds there' -S "$dir/moves/stayed"
fi
