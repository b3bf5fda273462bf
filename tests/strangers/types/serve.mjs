// A server that answers every request with the answer it was last told to give.
//
// `node types/serve.mjs` prints `{"port": N}`. Each line on standard input is an answer, `{"status", "media", "text"}`; it says `{}` when it is in place.

import http from 'node:http';
import readline from 'node:readline';

let answer = { status: 500 };

const server = http.createServer((request, response) => {
    // Whatever is asked is read to its end: a client that still writes would not read.
    request.resume().on('end', () => {
        const headers = answer.media ? { 'content-type': answer.media } : {};
        response.writeHead(answer.status, headers).end(answer.text ?? '');
    });
});

server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));

readline.createInterface({ input: process.stdin }).on('line', (line) => {
    answer = JSON.parse(line);
    console.log('{}');
}).on('close', () => process.exit(0));
