# shellcheck shell=bash disable=SC2154,SC2016
# What the agent reads at its next start stays as it is, whatever the policy is about.

mkdir -p "$dir/own/folder"
cp "$init" "$dir/own/folder/init"
printf '{"name":"network alone","policyMode":"ACTIVE","defaultNetworkAction":"ALLOW","defaultFileAction":"ALLOW","defaultExecuteAction":"ALLOW",
"rules":[{"name":"address","ruleType":"NETWORK_OUTBOUND","ipAddress":"127.0.0.9","action":"DENY"}]}' >"$dir/own/policy.json"
"${compile[@]}" "$dir/own/policy.json" -o "$dir/own/folder/table" >&2 || exit 3
sed 's/"ACTIVE"/"PERMISSIVE"/' "$dir/own/policy.json" >"$dir/own/permissive.json"
"${compile[@]}" "$dir/own/permissive.json" -o "$dir/own/permissive" >&2 || exit 3
sum=$(cat "$dir/own/folder/"* | sha256sum)
keeping=("$dir/own/folder/init" --events "file:$dir/own/events" --)

for attempt in ': >"$dir/own/folder/table"' 'echo x >>"$dir/own/folder/table"' 'truncate -s 0 "$dir/own/folder/table"' \
    'rm -f "$dir/own/folder/table"' 'mv "$dir/own/folder/table" "$dir/own/moved"' 'mv "$dir/own/permissive" "$dir/own/folder/table"' \
    'ln -sf "$dir/own/permissive" "$dir/own/folder/table"' 'ln "$dir/own/folder/table" "$dir/own/other" && echo x >"$dir/own/other"' \
    'chmod 777 "$dir/own/folder/table"; [ "$(stat -c %a "$dir/own/folder/table")" = 644 ]' 'touch "$dir/own/folder/executables"' \
    'echo "mqUrl = \"\"" >"$dir/own/folder/daemon.toml"' 'cd "$dir/own" && rm -f folder/../folder/init' \
    'mv "$dir/own/folder" "$dir/own/away"' 'mv "$dir/own" "$dir/away"' 'cd "$dir/own/folder" && exec 3<table && echo x >/proc/self/fd/3' \
    '"$dir/probe" creat "$dir/own/folder/table"' '"$dir/probe" openat2 "$dir/own/folder/table" w' 'dd if=/dev/null of="$dir/own/folder/init"' \
    '"$dir/probe" truncate "$dir/own/folder/table"' 'ln -s "$dir/own/folder" "$dir/own/l"; : >"$dir/own/l/table"'; do
    timeout 20 "${keeping[@]}" sh -c "$attempt" >"$dir/out" 2>&1
    so "keeps its files from: $attempt" "$(cat "$dir/own/folder/"* | sha256sum)" = "$sum"
done
# The list beside a table that was given is what the next start reads.
mkdir "$dir/own/given"
cp "$dir/own/folder/table" "$dir/own/given/table"
: >"$dir/own/given/executables"
given=$(cat "$dir/own/given/"* | sha256sum)
for attempt in 'echo x >"$dir/own/given/executables"' 'rm -f "$dir/own/given/executables"' 'mv "$dir/own/given" "$dir/own/gone"'; do
    timeout 20 "$dir/own/folder/init" --table "$dir/own/given/table" --events "file:$dir/own/events" -- sh -c "$attempt" >"$dir/out" 2>&1
    so "keeps the list beside a given table from: $attempt" "$(cat "$dir/own/given/"* | sha256sum)" = "$given"
done
so 'each refusal is told' "$(grep -c 'a file of the agent' "$dir/own/events")" -ge 18
expect 'everything else is written' 0 "${keeping[@]}" sh -c 'cd "$dir/own" && echo x >folder/other && mv folder/other table && chmod 600 table && rm table && cat folder/table >/dev/null'
expect 'where the policy does not enforce it is told alone' 0 "$init" --table "$dir/own/permissive" --events "file:$dir/own/events2" -- \
    sh -c 'echo x >>"$dir/own/permissive"'
so 'that it would be refused' "$(grep 'a file of the agent' "$dir/own/events2" | grep -c '"enforced":false')" = 1
