import asyncio, multiprocessing, os, shutil, socket, sqlite3, subprocess, tempfile, threading
def read():
    for _ in range(200):
        open("/etc/passwd").read()
async def serve(r, w):
    w.write(await r.read(3)); await w.drain(); w.close()
async def talk():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    for _ in range(50):
        r, w = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        w.write(b"abc")
        assert await r.read(3) == b"abc"
        w.close()
if __name__ == "__main__":
    threads = [threading.Thread(target=read) for _ in range(8)]
    [t.start() for t in threads]; [t.join() for t in threads]
    assert subprocess.run(["sh", "-c", "echo $((1+1))"], capture_output=True).stdout == b"2\n"
    with multiprocessing.Pool(3) as pool:
        assert sum(pool.map(abs, range(-50, 50))) == 2500
    folder = tempfile.mkdtemp()
    db = sqlite3.connect(folder + "/db"); db.execute("create table t(a)")
    db.executemany("insert into t values(?)", [(i,) for i in range(1000)]); db.commit()
    assert db.execute("select sum(a) from t").fetchone() == (499500,)
    a, b = socket.socketpair(socket.AF_UNIX); socket.send_fds(a, [b"x"], [0]); assert len(socket.recv_fds(b, 1, 1)[1]) == 1
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); udp.bind(("127.0.0.1", 0))
    udp.sendto(b"y" * 9000, udp.getsockname()); assert len(udp.recv(10000)) == 9000
    os.symlink("db", folder + "/link"); os.rename(folder + "/link", folder + "/other"); os.truncate(folder + "/other", 10)
    assert os.stat(folder + "/db").st_size == 10
    shutil.rmtree(folder)
    print("threads, processes, sockets, a database: done")
