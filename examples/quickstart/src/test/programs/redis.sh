# shellcheck shell=bash
# Values, a snapshot by a forked child, the append-only file written anew, and all of it there after a new start.
set -eu
for _ in $(seq $((RANDOM % 50))); do (:); done # numbers of processes are others each time
mkdir /tmp/redis
chown redis: /tmp/redis
start() {
    setpriv --reuid redis --regid redis --clear-groups redis-server --dir /tmp/redis --daemonize yes --appendonly yes \
        --io-threads 2 --pidfile /tmp/redis/pid --logfile /tmp/redis/log --unixsocket /tmp/redis/socket >/dev/null
    for _ in $(seq 100); do [ "$(redis-cli PING 2>/dev/null)" != PONG ] || return 0; sleep 0.1; done
}
settled() { for _ in $(seq 100); do redis-cli INFO persistence | grep -q '_in_progress:1' || return 0; sleep 0.1; done; }
start
redis-cli SET key value
redis-cli GET key
seq 2000 | sed 's/.*/SET number:& &/' | redis-cli --pipe | tail -n 1
redis-cli -s /tmp/redis/socket GET number:1777
redis-cli EVAL 'return redis.call("INCRBY", KEYS[1], 41)' 1 counter
redis-cli BGSAVE
settled
redis-cli BGREWRITEAOF
settled
redis-cli SHUTDOWN
for _ in $(seq 100); do [ -e /tmp/redis/pid ] || break; sleep 0.1; done
start
redis-cli DBSIZE
redis-cli GET number:42
redis-cli INFO persistence | grep -E 'last_(bgsave|bgrewrite)_status' | tr -d '\r'
redis-cli SHUTDOWN
for _ in $(seq 100); do [ -e /tmp/redis/pid ] || break; sleep 0.1; done
stat -c '%U %n' /tmp/redis/dump.rdb
