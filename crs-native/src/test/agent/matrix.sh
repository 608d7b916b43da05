# shellcheck shell=bash disable=SC2154
# Random opens by random users of random objects: below the agent they give what they give without one. Every open is handed over.

if [ "$(id -u)" = 0 ]; then
    printf '{"name":"matrix","policyMode":"ACTIVE","defaultNetworkAction":"ALLOW","defaultFileAction":"ALLOW","defaultExecuteAction":"ALLOW",
"rules":[{"name":"r","ruleType":"READ","file":"/nowhere-*/r","action":"DENY"},{"name":"w","ruleType":"WRITE","file":"/nowhere-*/w","action":"DENY"}]}' >"$dir/matrix.json"
    "${compile[@]}" "$dir/matrix.json" -o "$dir/matrix.table" >&2 || exit 3
    for seed in 1 2; do
        mkdir -m 755 "$dir/plain-$seed" "$dir/held-$seed"
        timeout 60 "$programs/matrix-dynamic" "$dir/plain-$seed" "$seed" 1000 >"$dir/plain-$seed.txt"
        timeout 120 "$init" --table "$dir/matrix.table" -- "$programs/matrix-dynamic" "$dir/held-$seed" "$seed" 1000 >"$dir/held-$seed.txt"
        so "a thousand random opens are made (seed $seed)" "$(wc -l <"$dir/plain-$seed.txt")" = 1000
        so 'of which many succeed' "$(grep -c '=> fl' "$dir/plain-$seed.txt")" -gt 150
        diff "$dir/plain-$seed.txt" "$dir/held-$seed.txt" | head -n 6 >&2
        so "and give the same below the agent (seed $seed)" "$(diff "$dir/plain-$seed.txt" "$dir/held-$seed.txt" | wc -l)" = 0
    done
else
    echo 'not run: the matrix of opens wants root' >&2
fi
