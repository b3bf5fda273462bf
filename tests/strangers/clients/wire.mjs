// What a client really sends and gets: a proxy between it and the server, which tells refusals from answers by what was on
// the wire, whatever the client makes of it.
import http from 'node:http';

/** Passes everything on to a server on this machine, and keeps what was said. */
export class Wire {
    constructor(port) {
        this.port = port;
        this.said = [];
        this.server = http.createServer((request, response) => this.pass(request, response));
    }

    async open() {
        await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
        return `http://127.0.0.1:${this.server.address().port}`;
    }

    close() {
        this.server.closeAllConnections();
        this.server.close();
    }

    /** What was said since somebody asked last. */
    take() {
        return this.said.splice(0);
    }

    async pass(request, response) {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const body = Buffer.concat(chunks);
        const type = request.headers['content-type'] ?? '';
        const note = { method: request.method, url: request.url, type, sent: body.toString('utf8') };
        const headers = { ...request.headers, host: `127.0.0.1:${this.port}` };
        const onward = http.request({ port: this.port, host: '127.0.0.1', method: request.method, path: request.url, headers }, (answer) => {
            const parts = [];
            answer.on('data', (part) => parts.push(part));
            answer.on('end', () => {
                const whole = Buffer.concat(parts);
                this.said.push({ ...note, status: answer.statusCode, answer: whole.toString('utf8').slice(0, 2000) });
                const fields = { ...answer.headers };
                delete fields['transfer-encoding'];
                // Made-up answers lead to made-up places; nobody goes there.
                delete fields.location;
                if (request.method !== 'HEAD' && answer.statusCode !== 204 && answer.statusCode !== 304) fields['content-length'] = String(whole.length);
                response.writeHead(answer.statusCode, fields);
                response.end(whole);
            });
        });
        onward.on('error', (error) => {
            this.said.push({ ...note, status: 0, answer: String(error) });
            response.destroy();
        });
        onward.end(body);
    }
}

/** The server's reason, of a problem in JSON. */
function reason(answer) {
    try {
        const problem = JSON.parse(answer);
        return problem.detail ?? problem.title ?? answer;
    } catch {
        return answer;
    }
}

/** Of what was said, what somebody can look up in a document: method, address, and a body of JSON. */
export function requests(said) {
    return said.map(({ method, url, type, sent }) => {
        try {
            return { method, url, body: /json/.test(type) && sent ? JSON.parse(sent) : undefined };
        } catch {
            return { method, url };
        }
    });
}

/** In one word how a call came out, and why. */
export function judge(said, thrown) {
    const shown = ({ method, url, type, sent }) => `${method} ${url}${sent ? ` ${type.split(';')[0]} ${sent.slice(0, 300).replace(/\s+/g, ' ')}` : ''}`;
    const bad = said.find(({ status }) => status >= 400 || status === 0);
    if (bad) {
        const outcome = bad.status === 404 || bad.status === 405 ? 'absent' : `refused-${bad.status}`;
        return { outcome, detail: `${reason(bad.answer)}: ${shown(bad)}` };
    }
    // What a client says of bytes has bytes in it.
    if (thrown) return { outcome: 'threw', detail: `${thrown.replace(/[\0-\x1f\x7f]+/g, ' ')}${said.length > 0 ? `: ${shown(said.at(-1))}` : ''}` };
    if (said.length === 0) return { outcome: 'silent', detail: 'nothing was sent' };
    return { outcome: 'fits', detail: '' };
}
