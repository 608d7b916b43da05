# shellcheck shell=bash disable=SC2154,SC2016,SC2012
# Executables that are not the image's.

sed 's/"ACTIVE"/"ACTIVE", "driftAction": "DENY"/' "$dir/guard.json" >"$dir/drift.json"
mkdir "$dir/drift" "$dir/unlisted"
"${compile[@]}" "$dir/drift.json" -o "$dir/drift/table" >&2 || exit 3
cp "$dir/drift/table" "$dir/unlisted/table"
cp "$(command -v cat)" "$dir/image-cat"
cp "$(command -v cat)" "$dir/image-other"
cp "$(command -v cat)" "$dir/drift/un listed"
printf '#!%s\n%s "%s/public"\n' "$(readlink -f "$(command -v sh)")" "$dir/image-cat" "$dir" >"$dir/image-script"
chmod 755 "$dir/image-script"
list_executables() { # list_executables FILE...: as the instrumenter lists an image's
    local file
    echo 'crs-executables 1'
    for file in "$@"; do
        echo "$(sha256sum <"$file" | cut -d ' ' -f 1) $(stat -c %s "$file") $file"
    done | LC_ALL=C sort -k 3
}
list_executables "$(readlink -f "$(command -v sh)")" "$(readlink -f "$(command -v cp)")" "$(readlink -f "$(command -v mv)")" \
    "$(readlink -f "$(command -v touch)")" "$(readlink -f "$(command -v ln)")" "$(readlink -f "$(command -v sleep)")" \
    "$dir/image-cat" "$dir/image-other" "$dir/image-script" "$dir/probe" >"$dir/drift/executables"
below=("$init" --table "$dir/drift/table" --events "file:$dir/drift-events" --)

expect 'runs an executable of the image' 0 "${below[@]}" "$dir/image-cat" "$dir/public"
expect 'runs a script of the image' 0 "${below[@]}" "$dir/image-script"
so 'which ran' "$(cat "$dir/out")" = open
expect 'does not start what is not of the image' 126 "${below[@]}" "$dir/drift/un listed" "$dir/public"
expect 'nor a copy' 126 "${below[@]}" sh -c 'cp "$dir/image-cat" "$dir/copy" && exec "$dir/copy" "$dir/public"'
expect 'nor under another name' 126 "${below[@]}" sh -c 'mv "$dir/image-other" "$dir/moved" && exec "$dir/moved" "$dir/public"'
expect 'nor by a hard link' 126 "${below[@]}" sh -c 'ln "$dir/image-cat" "$dir/hard"; exec "$dir/hard" "$dir/public"'
expect 'but by a symbolic link, which is the same file' 0 "${below[@]}" sh -c 'ln -sf "$dir/image-cat" "$dir/soft"; exec "$dir/soft" "$dir/public"'
expect 'nor a script of its own' 126 "${below[@]}" sh -c 'cp "$dir/image-script" "$dir/my-script"; exec "$dir/my-script"'
expect 'nor a file in memory' 1 "${below[@]}" "$dir/probe" memfd-exec "$dir/image-cat" "$dir/public"
mv "$dir/moved" "$dir/image-other" 2>/dev/null || cp "$dir/image-cat" "$dir/image-other"
loader=/lib64/ld-linux-x86-64.so.2
[ "$(uname -m)" = aarch64 ] && loader=/lib/ld-linux-aarch64.so.1
if [ -e "$loader" ]; then
    loader=$(readlink -f "$loader")
    { cat "$dir/drift/executables"; list_executables "$loader" | tail -n 1; } |
        { read -r first; echo "$first"; LC_ALL=C sort -k 3; } >"$dir/drift/with-loader"
    mv "$dir/drift/with-loader" "$dir/drift/executables"
    expect 'runs an executable of the image by the loader' 0 "${below[@]}" "$loader" "$dir/image-cat" "$dir/public"
    expect 'and no other by the loader' 126 "${below[@]}" sh -c "cp \"\$dir/image-cat\" \"\$dir/copy\"; exec $loader \"\$dir/copy\" \"\$dir/public\""
fi
expect 'runs it twice from what it remembers' 0 "${below[@]}" sh -c '"$dir/image-cat" "$dir/public" && "$dir/image-cat" "$dir/public"'
expect 'notices that it was changed in between' 126 "${below[@]}" sh -c '"$dir/image-other" "$dir/public"; sleep 3.1
    "$dir/image-other" "$dir/public" && printf x >>"$dir/image-other"; exec "$dir/image-other" "$dir/public"'
cp -p "$dir/image-cat" "$dir/image-other"
expect 'notices that bytes were changed in place and the time put back' 126 "${below[@]}" sh -c '"$dir/image-other" "$dir/public" || exit 1
    touch -r "$dir/image-other" "$dir/stamp"; printf X 1<>"$dir/image-other"; touch -r "$dir/stamp" "$dir/image-other"; exec "$dir/image-other" "$dir/public"'
so 'a refusal is an event without a rule' "$(grep '"op":"execute"' "$dir/drift-events" | grep -c '"action":"DENY"')" -ge 8
so 'none of which names one' "$(grep '"op":"execute"' "$dir/drift-events" | grep '"action":"DENY"' | grep -c '"rule"')" = 0

expect 'without a list runs everything' 0 "$init" --table "$dir/unlisted/table" --events "file:$dir/unlisted-events" -- "$dir/copy" "$dir/public"
so 'and says so' "$(grep -c 'driftAction is not enforced' "$dir/unlisted-events")" -ge 1
echo 'something else' >"$dir/unlisted/executables"
expect 'starts nothing with a broken list' 125 "$init" --table "$dir/unlisted/table" -- touch "$dir/started-broken"
rm "$dir/unlisted/executables"
sed 's/"driftAction"/"onDegraded": "REFUSE", "driftAction"/' "$dir/drift.json" >"$dir/refuse.json"
"${compile[@]}" "$dir/refuse.json" -o "$dir/unlisted/table" >&2 || exit 3
expect 'starts nothing without a list where the policy refuses' 125 "$init" --table "$dir/unlisted/table" -- touch "$dir/started-broken"
so 'nothing was started without a list' ! -e "$dir/started-broken"
