# shellcheck shell=bash disable=SC2154,SC2016
# The policy is replaced while the application runs.

mkdir "$dir/live" "$dir/next"
for name in first second; do
    denied=$dir/public
    [ $name = first ] && denied=$dir/secret
    printf '{"name":"%s","policyMode":"ACTIVE","defaultNetworkAction":"ALLOW","defaultFileAction":"ALLOW","defaultExecuteAction":"ALLOW",
"rules":[{"name":"denied by %s","ruleType":"READ","file":"%s","action":"DENY"}]}' $name $name "$denied" >"$dir/next/$name.json"
    "${compile[@]}" "$dir/next/$name.json" -o "$dir/next/$name" >&2 || exit 3
done
sed 's/"ACTIVE"/"INACTIVE"/; s/"first"/"nothing"/' "$dir/next/first.json" >"$dir/next/nothing.json"
"${compile[@]}" "$dir/next/nothing.json" -o "$dir/next/nothing" >&2 || exit 3
sed 's/"ruleType":"READ","file":"[^"]*"/"ruleType":"SYSCALL","syscall":"getcwd"/; s/"first"/"unseen"/' "$dir/next/first.json" >"$dir/next/unseen.json"
"${compile[@]}" "$dir/next/unseen.json" -o "$dir/next/unseen" >&2 || exit 3

changes() { grep -c 'the policy is now' "$dir/live/events" 2>/dev/null; }

put() { # put NAME: puts a table where it is watched, and waits until it is in force
    local before
    before=$(changes)
    cp "$dir/next/$1" "$dir/live/new" && mv "$dir/live/new" "$dir/live/table"
    for _ in $(seq 200); do
        [ "$(changes)" -gt "$before" ] && return 0
        sleep 0.05
    done
    return 1
}

watched() { # watched FIRST COMMAND...: runs it below an agent that watches; its pid is in $live
    cp "$dir/next/$1" "$dir/live/table"
    : >"$dir/live/events"
    shift
    "$init" --table "$dir/live/table" --watch --log-mode 2 --events "file:$dir/live/events" -- "$@" >"$dir/live/out" 2>"$dir/live/err" &
    live=$!
}

# Many readers in a loop, each knowing what must be so from the moment a change was acknowledged.
echo '-' >"$dir/live/state"
watched first sh -c 'for i in 1 2 3; do "$dir/probe" agrees "$dir/live/state" "$dir/secret" & done
    "$dir/probe" agrees "$dir/live/state" "$dir/secret"; first=$?; wait; exit $first'
sleep 0.3
acknowledged=0
for i in $(seq 30); do
    name=second state=open
    [ $((i % 2)) = 0 ] && name=first state=denied
    echo '-' >"$dir/live/state.new" && mv "$dir/live/state.new" "$dir/live/state"
    put $name && acknowledged=$((acknowledged + 1))
    echo $state >"$dir/live/state.new" && mv "$dir/live/state.new" "$dir/live/state"
    sleep 0.1
done
so 'every change is acknowledged' "$acknowledged" -eq 30
cp "$dir/next/first" "$dir/live/cut" && truncate -s 1000 "$dir/live/cut" && mv "$dir/live/cut" "$dir/live/table"
sleep 1.2
so 'a broken table is told and not taken' "$(grep -c 'is not taken' "$dir/live/events")" = 1
echo end >"$dir/live/state.new" && mv "$dir/live/state.new" "$dir/live/state"
wait "$live"
so 'no decision of the policy before comes after the acknowledgement' $? = 0
so 'and many were taken' "$(awk '/^agreed/ {n += $2} END {print n + 0}' "$dir/live/out")" -gt 1000
so 'a denial names the policy of its rule' "$(grep '"name":"denied by first"' "$dir/live/events" | grep -c '"name":"first"')" -gt 100
so 'and no other' "$(grep '"name":"denied by first"' "$dir/live/events" | grep -c '"name":"second"')" = 0

# From nothing to something, to what the filter does not hand over, and back.
watched nothing sh -c 'cat "$dir/secret"; while [ ! -e "$dir/live/go" ]; do sleep 0.05; done; cat "$dir/secret"; echo status $?
    while [ ! -e "$dir/live/go2" ]; do sleep 0.05; done; cat "$dir/secret"'
sleep 0.3
put first
so 'an inactive policy is replaced by an active one' $? = 0
touch "$dir/live/go"
for _ in $(seq 100); do grep -q status "$dir/live/out" && break; sleep 0.05; done
so 'which holds for what already runs' "$(grep -c 'status 1' "$dir/live/out")" = 1
so 'and its denial is an event of it' "$(grep '"name":"denied by first"' "$dir/live/events" | grep -c '"action":"DENY"')" -ge 1
put unseen
so 'rules the filter does not hand over are told' "$(grep -c 'getcwd hold from' "$dir/live/events")" = 1
put nothing
touch "$dir/live/go2"
wait "$live"
so 'and back' $? = 0
so 'everything is read again' "$(grep -c top "$dir/live/out")" = 2
