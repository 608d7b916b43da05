# shellcheck shell=sh
# Files, children, a server and its client, threads.
set -eu
cat >/tmp/node.js <<'JS'
const fs = require('fs'), path = require('path'), cp = require('child_process'), http = require('http'), net = require('net');
const { Worker } = require('worker_threads');
const folder = fs.mkdtempSync('/tmp/node-');
async function main() {
    await Promise.all(Array.from({ length: 100 }, (_, i) => fs.promises.writeFile(path.join(folder, 'f' + i), 'x'.repeat(i))));
    const sizes = await Promise.all(fs.readdirSync(folder).map(async f => (await fs.promises.stat(path.join(folder, f))).size));
    console.log('bytes', sizes.reduce((a, b) => a + b));
    console.log(cp.execSync('echo from a shell; cat', { input: 'and its input\n' }).toString().trim());
    const many = await Promise.all(Array.from({ length: 20 }, (_, i) => new Promise(done => cp.execFile('echo', [i], (e, out) => done(e ? -1000 : +out)))));
    console.log('children', many.reduce((a, b) => a + b));
    const server = http.createServer((q, a) => fs.createReadStream(path.join(folder, q.url)).pipe(a)).listen(0, '127.0.0.1');
    await new Promise(done => server.on('listening', done));
    const get = name => new Promise((done, no) => http.get({ port: server.address().port, host: '127.0.0.1', path: name, agent: false },
        a => { let n = 0; a.on('data', d => n += d.length).on('end', () => done(n)); }).on('error', no));
    console.log('served', (await Promise.all(Array.from({ length: 50 }, (_, i) => get('/f' + i)))).reduce((a, b) => a + b));
    server.close();
    const local = net.createServer(c => c.end('by a socket of the file system')).listen(folder + '/socket');
    await new Promise(done => net.connect(folder + '/socket').on('data', d => console.log(d.toString())).on('close', done));
    local.close();
    const workers = Array.from({ length: 3 }, (_, i) => new Promise(done => new Worker(
        'const {parentPort} = require("worker_threads"); parentPort.postMessage(require("fs").readFileSync("/etc/passwd").length > 0)',
        { eval: true }).on('message', done)));
    console.log('threads', (await Promise.all(workers)).join());
    fs.rmSync(folder, { recursive: true });
}
main().catch(e => { console.error(e); process.exit(1); });
JS
timeout 60 node /tmp/node.js
