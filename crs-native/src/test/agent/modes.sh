# shellcheck shell=bash disable=SC2154,SC2016
# The same policy when it does not enforce.

in_mode() { echo "$init" --table "$dir/$1.table" --events "file:$dir/events.$1" --; }

# shellcheck disable=SC2046
expect 'PERMISSIVE lets a denied read through' 0 $(in_mode PERMISSIVE) cat "$dir/secret"
so 'and the file is read' "$(cat "$dir/out")" = top
so 'and tells that it would have been denied' "$(grep -c '"action":"DENY","enforced":false' "$dir/events.PERMISSIVE")" = 1
so 'without an errno' "$(grep -c '"errno"' "$dir/events.PERMISSIVE")" = 0
# shellcheck disable=SC2046
expect 'PERMISSIVE lets a denied write through' 0 $(in_mode PERMISSIVE) sh -c 'echo x >"$dir/app/permitted"'
so 'and the file is made' -e "$dir/app/permitted"
rm -f "$dir/app/permitted"
# shellcheck disable=SC2046
expect 'INACTIVE puts no filter on' 0 $(in_mode INACTIVE) sh -c 'grep -q "^Seccomp:.$(grep ^Seccomp: /proc/$PPID/status | cut -f2)" /proc/self/status'
# shellcheck disable=SC2046
expect 'and denies nothing' 0 $(in_mode INACTIVE) cat "$dir/secret"

# What the agent has no right to look at is refused, and told: here a caller with a root of its own below an agent without rights.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    mkdir "$dir/user" && cp "$init" "$dir/user/init" && chown -R 1000:1000 "$dir/user"
    user=(setpriv --reuid 1000 --regid 1000 --clear-groups)
    expect 'refuses what it cannot look at' 1 "${user[@]}" "$dir/user/init" --table "$dir/guard.table" --events "file:$dir/user/events" -- \
        "$dir/probe" own-root "$dir/public"
    so 'and tells' "$(grep '"type":"ALERT"' "$dir/user/events" | grep -c 'cannot be entered')" -ge 1
    sed 's/"ACTIVE"/"ACTIVE", "onUnreadable": "ALLOW"/' "$dir/guard.json" >"$dir/allow.json"
    "${compile[@]}" "$dir/allow.json" -o "$dir/user/table" >&2 || exit 3
    expect 'or lets it through where the policy says so' 0 "${user[@]}" "$dir/user/init" --table "$dir/user/table" --events "file:$dir/user/events" -- \
        "$dir/probe" own-root "$dir/public"
fi
