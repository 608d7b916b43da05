# shellcheck shell=bash disable=SC2154,SC2016
# Rules about names that are looked up: libcrs asks before a C library does.

printf '{"name":"names","policyMode":"ACTIVE","defaultNetworkAction":"ALLOW","defaultFileAction":"ALLOW","defaultExecuteAction":"ALLOW",
"rules":[{"name":"evil","ruleType":"SYSCALL","syscall":"getaddrinfo","arg1":"*.evil.test","action":"DENY"},
{"name":"seen","ruleType":"SYSCALL","syscall":"li_getaddrinfo","arg1":"127.0.0.2","action":"MONITOR"},
{"name":"back","ruleType":"SYSCALL","syscall":"getnameinfo","arg1":"127.0.0.9","action":"DENY"}]}' >"$dir/names.json"
"${compile[@]}" "$dir/names.json" -o "$dir/names.table" >&2 || exit 3
asking=("$init" --table "$dir/names.table" --events "file:$dir/name-events" --)
named() { grep -c "$1" "$dir/name-events"; }

for library in dynamic musl; do
    : >"$dir/name-events"
    lookup=$programs/lookup-$library
    expect "an allowed name is looked up ($library)" 0 "${asking[@]}" "$lookup" host localhost 127.0.0.1
    expect "a denied one is not ($library)" 1 "${asking[@]}" "$lookup" host x.evil.test
    expect "whatever its case and its last dot ($library)" 1 "${asking[@]}" "$lookup" host X.Evil.TEST.
    so "each is told as a name ($library)" "$(grep '"kind":"name"' "$dir/name-events" | grep -c '"action":"DENY"')" = 2
    so "and that a library said so ($library)" "$(grep '"nr":499' "$dir/name-events" | grep -c '"via":"libc"')" = 2
    expect "a monitored one is ($library)" 0 "${asking[@]}" "$lookup" host 127.0.0.2
    so "and told ($library)" "$(named '"action":"MONITOR"')" = 1
    expect "an address is named ($library)" 0 "${asking[@]}" "$lookup" address 127.0.0.1
    expect "a denied one is not ($library)" 1 "${asking[@]}" "$lookup" address 127.0.0.9
    so "and told with the address ($library)" "$(grep '"nr":500' "$dir/name-events" | grep -c '"address":"127.0.0.9"')" = 1
done
expect 'what names no name is its own error' 2 "${asking[@]}" "$programs/lookup-dynamic" host no.such.name.test
so 'the object is loaded where a rule is about names' "$("${asking[@]}" sh -c 'echo $LD_PRELOAD' | grep -c libcrs.so)" = 1
so 'and nowhere else' "$("$init" --table "$dir/guard.table" -- sh -c 'echo "[$LD_PRELOAD]"')" = '[]'
