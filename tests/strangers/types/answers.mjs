// Writes the answers that the vendors' types describe: `node types/answers.mjs [--whole] [API...]`; with `--whole`, of every arm of every
// union that can be had, else of a few.
//
// `out/<api>/answers.json` has `[{ operation, name, answers: [{ kind, value }] }]`: our operation, what the vendor calls it, and values of
// its answer; `value` is missing where the type has no JSON; `bytes` says that it has bytes instead. `out/<api>/beside.json` has what no operation of ours is for, what could
// not be run, modules that no types were found for, and how many arms of unions are in no answer.

import fs from 'node:fs';
import path from 'node:path';
import { BYTES, NOTHING } from './make.mjs';
import { match, matchTemplate, operations } from './operations.mjs';
import { ROOT } from './program.mjs';

export const APIS = ['mattermost', 'rocketchat', 'superoffice'];

export async function answers(api, whole) {
    const vendor = await import(`./${api}.mjs`);
    const { calls, silent, unresolved, left } = await vendor.read(whole);
    const all = operations(api);
    const known = [];
    const unknown = [];
    for (const { name, method, url, template, answers } of calls) {
        const operation = template ? matchTemplate(all, method, template) : match(all, method, url);
        if (!operation) {
            unknown.push({ name, request: `${method} ${template ?? url}` });
            continue;
        }
        known.push({ operation: operation.key, name, answers: answers.map(written) });
    }
    const covered = new Set(known.map(({ operation }) => operation));
    return { known, beside: { unknown, silent, unresolved, left, untyped: all.map(({ key }) => key).filter((key) => !covered.has(key)) } };
}

function written({ kind, value }) {
    if (value === BYTES) return { kind, bytes: true };
    return value === NOTHING ? { kind } : { kind, value };
}

const arguments_ = process.argv.slice(2);
const named = arguments_.filter((argument) => argument !== '--whole');
for (const api of named.length > 0 ? named : APIS) {
    const { known, beside } = await answers(api, arguments_.includes('--whole'));
    const out = path.join(ROOT, 'out', api);
    fs.mkdirSync(out, { recursive: true });
    fs.writeFileSync(path.join(out, 'answers.json'), `[\n${known.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`);
    fs.writeFileSync(path.join(out, 'beside.json'), `${JSON.stringify(beside, undefined, 1)}\n`);
    const count = known.reduce((sum, { answers }) => sum + answers.length, 0);
    const names = new Set(known.map(({ operation }) => operation)).size;
    console.error(`${api}: ${known.length} calls, ${names} operations, ${count} answers; ${beside.unknown.length} of no operation, ${beside.silent.length} not run, ${beside.left} arms not taken`);
}
