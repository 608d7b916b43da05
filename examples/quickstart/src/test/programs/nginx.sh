# shellcheck shell=bash
# A master of root, workers of www-data: pages, a large file, many at once, a new configuration, an orderly end.
set -eu
get() {
    exec 3<>/dev/tcp/127.0.0.1/80
    printf 'GET %s HTTP/1.0\r\nHost: x\r\n\r\n' "$1" >&3
    tr -d '\r' <&3 | sed '1p; 1,/^$/d'
    exec 3>&-
}
seq 60000 >/var/www/html/large.txt
nginx
get /
get /missing
get /large.txt | sha256sum
for i in $(seq 20); do get / >"/tmp/page-$i" & done
wait
cat /tmp/page-* | sort | uniq -c
master=$(cat /run/nginx.pid)
workers=$(cat "/proc/$master/task/$master/children")
for worker in $workers; do awk '/^Uid/ {print "a worker of user", $2}' "/proc/$worker/status"; done
sed 's/index index.html/index other.html index.html/' /etc/nginx/sites-available/default >/tmp/site
cat /tmp/site >/etc/nginx/sites-available/default
echo 'the other page' >/var/www/html/other.html
nginx -t 2>&1
nginx -s reload 2>&1 | sed "s,^.*\[,[,; s, [0-9#]*: , ,"
for _ in $(seq 100); do [ "$(cat "/proc/$master/task/$master/children")" = "$workers" ] || break; sleep 0.1; done
for _ in $(seq 100); do get / | grep -q other && break; sleep 0.1; done
get /
nginx -s quit 2>&1 | sed "s,^.*\[,[,; s, [0-9#]*: , ,"
for _ in $(seq 100); do [ -e /run/nginx.pid ] || break; sleep 0.1; done
[ ! -e /run/nginx.pid ] && echo 'has ended'
grep -c 'GET /missing' /var/log/nginx/access.log
