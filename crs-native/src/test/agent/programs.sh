# shellcheck shell=bash disable=SC2154,SC2016
# Real programs, under a policy that has every one of their opens, connections and executions handed over, do what they do
# without it.

mkdir "$dir/work"
everything=("$init" --table "$dir/guard.table" --events "file:$dir/work/events" --)
cp "$here"/../../../../examples/quickstart/src/test/programs/[Tt]hreads.* "$dir/work/"
program() { # program NAME TOOL COMMAND: where the tool is there
    if command -v "$2" >/dev/null; then
        expect "$1" 0 "${everything[@]}" bash -ec "cd '$dir/work'; $3"
    else
        echo "left out: $1 (no $2 here)"
    fi
}
program 'git commits, packs and clones' git 'git init -q repo; cd repo; for i in $(seq 50); do echo $i >$i; done; git add .
    git -c user.email=a@b -c user.name=a commit -qm a; git gc -q; git clone -q . ../clone; git -C ../clone status --short; diff -r -x .git . ../clone'
program 'a compiler compiles' gcc 'printf "#include <stdio.h>\nint main(){return puts(\"hi\")<0;}" >h.c; gcc -O2 h.c -o h; [ "$(./h)" = hi ]'
program 'a JVM has threads, sockets and children' java 'java -XX:TieredStopAtLevel=1 Threads.java child'
program 'Python has threads, processes, sockets and a database' python3 'python3 threads.py'
program 'node reads, spawns and listens' node 'node -e "const fs=require(\"fs\"),cp=require(\"child_process\"),net=require(\"net\");cp.execSync(\"ls\");fs.promises.readFile(\"/etc/hostname\").then(()=>{const s=net.createServer(c=>c.end(\"x\")).listen(0,\"127.0.0.1\",()=>net.connect(s.address().port,\"127.0.0.1\").on(\"data\",()=>process.exit(0)))})"'
program 'Perl forks' perl 'perl -e "open F,q(</etc/hostname) or die; system(q(true))==0 or die; fork or exit 0; wait; exit 0"'
program 'an archive comes out as it went in' tar 'mkdir -p t/a/b; for i in $(seq 200); do echo $i >t/a/b/$i; done; ln -s b t/a/l; ln t/a/b/1 t/a/h; chmod 640 t/a/b/2
    tar cf t.tar t; mkdir out; tar xf t.tar -C out; diff -r t out/t; [ "$(stat -c %h%a out/t/a/h)" = "$(stat -c %h%a t/a/h)" ]'
program 'a shell has pipes, process substitution and a thousand children' bash 'for i in $(seq 300); do echo $i | cat | wc -c; done >/dev/null; cat <(echo a) <(echo b) >/dev/null'
program 'many processes read at once' xargs 'find /usr/include -type f -print0 | xargs -0 -P 8 -n 50 sha256sum | sort >guarded'
so 'and read what there is' "$(find /usr/include -type f -print0 | xargs -0 -P 8 -n 50 sha256sum | sort | sha256sum)" = "$(sha256sum <"$dir/work/guarded")"
so 'no event of it but for what was observed' -z "$(grep -v '"type":"BEHAVIOR"' "$dir/work/events" 2>/dev/null)"
