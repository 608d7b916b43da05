# shellcheck shell=sh
# The same server as Alpine builds it. The archive has no client: a few messages of its protocol are written here.
set -eu
if [ "$(id -un)" != postgres ]; then
    chmod 1777 /tmp
    exec su -s /bin/sh postgres "$0"
fi
cd /tmp
initdb -D /tmp/data -A trust -U postgres --no-sync >/dev/null 2>&1
cat >>/tmp/data/postgresql.conf <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = '/tmp'
max_parallel_workers_per_gather = 2
min_parallel_table_scan_size = 0
parallel_setup_cost = 0
parallel_tuple_cost = 0
CONF
pg_ctl -D /tmp/data -l /tmp/log -w start >/dev/null
number() { # number N: four bytes, the highest first
    # shellcheck disable=SC2059 # the format is what is made here
    printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255)))"
}
sql() { # sql QUERY: what it answers of the form [...], and errors
    {
        number 41
        printf '\0\3\0\0user\0postgres\0database\0postgres\0\0'
        printf Q
        number $((${#1} + 5))
        printf '%s\0X' "$1"
        number 4
    } | nc 127.0.0.1 5432 | tr -c ' -~' '\n' | grep -oE '\[.*\]|^M[a-z].*' || true
}
sql 'create table numbers (n int primary key, word text)'
sql "insert into numbers select i, 'word ' || i from generate_series(1, 20000) i"
sql "select '[' || count(*) || ' ' || sum(n) || ' ' || max(word) || ']' from numbers"
sql 'create index on numbers (word)'
sql "copy (select n from numbers where n < 50 order by n) to '/tmp/copied'"
sha256sum </tmp/copied
sql 'vacuum analyze numbers'
sql 'select broken'
for i in 1 2 3 4 5; do sql "insert into numbers values ($((i + 30000)), 'more')" & done
wait
pg_ctl -D /tmp/data -w -m immediate stop >/dev/null
pg_ctl -D /tmp/data -l /tmp/log -w start >/dev/null
sql "select '[' || count(*) || ']' from numbers"
pg_ctl -D /tmp/data -w stop
grep -cE 'PANIC|could not' /tmp/log || true
