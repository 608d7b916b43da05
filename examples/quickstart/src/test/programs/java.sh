# shellcheck shell=sh
# Compiles, then runs: threads that read files, sockets, a child.
set -eu
cd /tmp
javac -d /tmp/classes /smoke/Threads.java
java -cp /tmp/classes Threads child
jar -cfe /tmp/threads.jar Threads -C /tmp/classes .
java -Xshare:off -XX:+UseParallelGC -jar /tmp/threads.jar child
