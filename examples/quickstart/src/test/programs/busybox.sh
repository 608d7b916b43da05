# shellcheck shell=sh
# A static program that is every tool, and calls itself for most of them; a server and its client too.
set -eu
mkdir /tmp/b
cd /tmp/b
for i in $(seq 50); do echo "line $i" >"$i"; done
find . -type f | sort -n | xargs -n 10 cat | sort | sha256sum
tar -czf ../b.tar.gz . && mkdir ../c && tar -xzf ../b.tar.gz -C ../c && diff -r . ../c
ln -s 1 link && readlink link
ln 2 hard && stat -c %h 2
mv 3 three && cp three four && chmod 640 four && stat -c %a four
rm -r ../c
sed -n 's/line/row/p' 7 | awk '{print $2, $1}'
mkfifo pipe && { cat pipe & } && echo 'through a pipe' >pipe && wait
dd if=/dev/zero of=zeros bs=1k count=64 2>/dev/null && wc -c <zeros
(trap 'echo trapped; exit 0' TERM; sleep 5 & while :; do sleep 0.1; done) & sleep 0.5; kill $!; wait $!
httpd -p 127.0.0.1:8080 -h /tmp/b
for i in 5 6 7; do wget -q -O - "http://127.0.0.1:8080/$i"; done
echo 'to itself' | nc -l -p 8081 127.0.0.1 >/dev/null & sleep 0.3
echo | nc -w 2 127.0.0.1 8081
vi -c ':q' 1 </dev/null >/dev/null 2>&1 || true
find . | wc -l
