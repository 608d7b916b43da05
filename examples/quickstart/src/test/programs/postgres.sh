# shellcheck shell=bash
# A cluster made and started as postgres; tables, an index, a parallel query, a backup; a crash and what is there after it.
set -eu
PATH=$PATH:/usr/lib/postgresql/15/bin
if [ "$(id -un)" != postgres ]; then
    exec setpriv --reuid postgres --regid postgres --clear-groups bash "$0"
fi
cd /tmp
initdb -D /tmp/data -A trust -U postgres --no-sync >/dev/null
cat >>/tmp/data/postgresql.conf <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = '/tmp'
max_parallel_workers_per_gather = 2
min_parallel_table_scan_size = 0
parallel_setup_cost = 0
parallel_tuple_cost = 0
CONF
pg_ctl -D /tmp/data -l /tmp/log -w start >/dev/null
sql() { psql -X -A -t -h "$1" -U postgres -v ON_ERROR_STOP=1 -c "$2"; }
sql 127.0.0.1 'create table numbers (n int primary key, word text)'
sql 127.0.0.1 "insert into numbers select i, 'word ' || i from generate_series(1, 20000) i"
sql /tmp 'select count(*), sum(n), max(word) from numbers'
sql /tmp "explain (costs off) select sum(n) from numbers" | grep -c Parallel
sql /tmp 'create index on numbers (word)'
sql /tmp "copy (select n from numbers where n < 50 order by n) to '/tmp/copied'"
sha256sum </tmp/copied
sql /tmp 'vacuum analyze numbers'
pg_dump -h /tmp -U postgres -t numbers postgres | grep -cE '^[0-9]+.word'
for i in 1 2 3 4 5; do sql /tmp "insert into numbers values ($((i + 30000)), 'more')" & done
wait
pg_ctl -D /tmp/data -w -m immediate stop >/dev/null
pg_ctl -D /tmp/data -l /tmp/log -w start >/dev/null
sql 127.0.0.1 'select count(*) from numbers'
pg_ctl -D /tmp/data -w stop
grep -cE 'PANIC|could not' /tmp/log || true
