// Lets the vendor's own JavaScript client call a running server: `node clients/run.mjs API PORT [EVERY]`. One row of JSON a
// line for each call. With EVERY, only every so many functions are called.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Wire, judge, requests } from './wire.mjs';

const PATIENCE = 20_000;

function late(promise) {
    let timer;
    const over = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE} ms`)), PATIENCE);
    });
    return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}

async function call(wire, base, { operation, variant, run }) {
    wire.take();
    let thrown;
    try {
        await late(Promise.resolve(run(base)));
    } catch (error) {
        thrown = error instanceof Error ? `${error.name}: ${error.message}` : error instanceof Response ? `Response ${error.status}` : JSON.stringify(error);
    }
    const said = wire.take();
    return { operation, place: variant, ...judge(said, thrown), requests: requests(said) };
}

/** Every so many functions, with all their calls; what a client does on a day is always among them. */
function some(calls, every) {
    const names = [...new Set(calls.map(({ operation }) => operation))].filter((name) => !name.startsWith('a day'));
    const chosen = new Set(names.filter((_, number) => number % every === 0));
    return calls.filter(({ operation }) => operation.startsWith('a day') || chosen.has(operation));
}

const [api, port, every = '1'] = process.argv.slice(2);
// Clients write to the console; standard output is for rows.
console.log = console.info = console.debug = console.warn = console.error = () => undefined;
const packages = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'node_modules');
const { calls } = await import(`./${api}.mjs`);
const wire = new Wire(Number(port));
const base = await wire.open();
for (const one of some(calls(packages), Number(every))) {
    process.stdout.write(`${JSON.stringify(await call(wire, base, one))}\n`);
}
wire.close();
process.exit(0);
