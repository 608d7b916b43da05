# shellcheck shell=sh
# Threads, children, processes that share work, sockets, a database.
set -eu
python3 /smoke/threads.py
python3 -c 'import json, ssl, hashlib; print(json.dumps({"digest": hashlib.sha256(b"x").hexdigest()[:8], "tls": ssl.OPENSSL_VERSION[:7]}))'
echo 'print("a module of its own")' >/tmp/own.py
cd /tmp
python3 -c 'import own'
python3 -m compileall -q own.py
ls __pycache__
