# shellcheck shell=bash disable=SC2154,SC2016
# Limits: what passes one is told, and goes on.

printf '{"name":"limits","policyMode":"ACTIVE","defaultNetworkAction":"ALLOW","defaultFileAction":"ALLOW","defaultExecuteAction":"ALLOW",
"rules":[{"name":"secret","ruleType":"READ","file":"%s/secret","action":"DENY"}],
"limits":{"maxProcesses":8,"maxProcessLifetime":3,"syscallsPerSecond":{"mkdir":5,"getppid":1000},"maxProcessesByName":{"sleep":3}}}' "$dir" >"$dir/limits.json"
"${compile[@]}" "$dir/limits.json" -o "$dir/limits.table" >&2 || exit 3
limited=("$init" --table "$dir/limits.table" --events "file:$dir/limit-events" --)
passed() { grep '"type":"ALERT"' "$dir/limit-events" | grep -c "$1"; }

expect 'what stays within is not told' 0 "${limited[@]}" sh -c 'sleep 1.5 & sleep 1.5 & mkdir "$dir/l1" "$dir/l2"; rmdir "$dir/l1" "$dir/l2"; wait'
so 'of nothing' ! -s "$dir/limit-events"
expect 'many processes are told' 0 "${limited[@]}" sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do sh -c "sleep 2.2; true" & done; wait'
so 'all of them' "$(passed 'processes at a time, the limit is 8')" = 1
so 'and those of one program' "$(passed 'processes of sleep at a time, the limit is 3')" = 1
expect 'a process that lives long is told' 0 "${limited[@]}" sh -c 'sleep 6'
so 'once for each' "$(passed 'seconds old, the limit is 3')" = 2
expect 'many calls in a second are told' 0 "${limited[@]}" sh -c 'mkdir "$dir/l1" "$dir/l2" "$dir/l3" "$dir/l4" "$dir/l5" "$dir/l6" "$dir/l7" "$dir/l8" "$dir/l9" "$dir/l10" "$dir/l11" "$dir/l12" && rmdir "$dir"/l[0-9]*'
# Twelve: also where a second ends among them, one of the two sees too many.
so 'by the one that was too many' "$(grep '"exe":"[^"]*mkdir"' "$dir/limit-events" | grep -c '6 calls of mkdir in one second, the limit is 5')" -ge 1
so 'and nothing is denied' "$(grep -c '"action":"DENY"' "$dir/limit-events")" = 0
