# shellcheck shell=bash disable=SC2154
# Addresses. The ports are ones nobody listens on; what is denied does not get as far as to notice.

expect 'denies connecting to an address' 1 guarded "$probe" connect 127.0.0.9 9
expect 'tries to connect elsewhere' 2 guarded "$probe" connect 127.0.0.1 9
so 'and is refused there' "$(grep -c refused "$dir/err")" = 1
expect 'denies sending to an address' 1 guarded "$probe" send 127.0.0.9 9 inet
expect 'denies sending with an unspecified family' 1 guarded "$probe" send 127.0.0.9 9 unspecified
expect 'sends elsewhere' 0 guarded "$probe" send 127.0.0.1 9 inet
expect 'sends messages one and many' 0 guarded "$probe" send-messages 127.0.0.1
expect 'denies messages to an address' 1 guarded "$probe" send-messages 127.0.0.9
expect 'sends what is larger than a datagram' 0 guarded "$probe" send-stream 127.0.0.1
expect 'denies a stream that its first message opens' 1 guarded "$probe" send-stream 127.0.0.9
# A unix socket has a path, and that has other names. Nobody listens: what is not denied is refused by the kernel.
"$probe" bind "$dir/engine.sock" && "$probe" bind "$dir/other.sock" && ln -s engine.sock "$dir/engine-link"
for name in "$dir/engine.sock" "$dir/folder/../engine.sock" "$dir/engine-link" "$dir//engine.sock" "/proc/self/root$dir/engine.sock"; do
    expect "denies a socket by its path: $name" 1 guarded "$probe" unix "$name"
done
expect 'denies a socket from where it is' 1 guarded "$probe" unix engine.sock "$dir"
expect 'leaves another one to the kernel' 2 guarded "$probe" unix "$dir/other.sock"
expect 'gives up accepting when the socket says so' 0 guarded "$probe" patience
capabilities=$(sed -n 's/^CapEff:\t//p' /proc/self/status)
if [ $((0x$capabilities & 1 << 19)) -ne 0 ]; then
    expect 'sends to no address that a second thread puts there' 0 guarded "$probe" send-race 127.0.0.1 127.0.0.9
    expect 'denies a peer and takes the next one' 0 guarded "$probe" accept
    expect 'the same without waiting' 0 guarded "$probe" accept nonblocking
else
    echo 'left out: inbound rules (they need SYS_PTRACE)'
fi
expect 'denies a call by number' 1 guarded "$probe" ptrace
expect 'refuses a foreign ABI' 1 guarded "$probe" foreign-abi
expect 'refuses io_uring' 1 guarded "$probe" io-uring
