// `@mattermost/client`: every method, run with made-up arguments and a fetch that only takes notes, says its method and URL;
// what it declares to return says the answer.

import { createRequire } from 'node:module';
import ts from 'typescript';
import { BYTES, Maker, NOTHING } from './make.mjs';
import { load } from './program.mjs';

const require = createRequire(import.meta.url);

const SOURCE = `
import type Client4 from '@mattermost/client/lib/client4';
import type { ClientResponse } from '@mattermost/types/client4';
export type Client = InstanceType<typeof import('@mattermost/client')['Client4']>;
export type Wrapped = ClientResponse<unknown>;
`;

export const packages = ['@mattermost/client', '@mattermost/types'];

/** `{ calls: [{ name, method, url, answers }], silent: [{ name, why }], unresolved, left }`. */
export async function read(whole) {
    const { checker, root, types, unresolved } = load(SOURCE);
    const maker = new Maker(checker, root, whole);
    const calls = [];
    const silent = [];
    for (const property of checker.getPropertiesOfType(types.get('Client'))) {
        // These take any address.
        if (property.name.startsWith('doFetch') || property.name === 'getTranslations') continue;
        const type = checker.getTypeOfSymbolAtLocation(property, root);
        const signatures = checker.getSignaturesOfType(type, ts.SignatureKind.Call).filter((signature) => promised(checker, signature));
        for (const [index, signature] of signatures.entries()) {
            const name = index === 0 ? property.name : `${property.name}#${index + 1}`;
            const arguments_ = signature.parameters.map((parameter) => argument(maker, parameter.name, checker.getTypeOfSymbolAtLocation(parameter, root)));
            const request = await noted(property.name, arguments_);
            if (request) {
                const { method, url, isPassedOn } = request;
                const answer = unwrapped(promised(checker, signature));
                const answers = maker.values(answer);
                // `null` in place of an answer is as much as nothing. Bytes are what the client makes of any answer.
                const isTold = answers[0].value === BYTES || (isPassedOn && !(answer.flags & ts.TypeFlags.Null));
                calls.push({ name, method, url, answers: isTold ? answers : [{ kind: 'full', value: NOTHING }] });
            } else {
                silent.push({ name, why: 'sends nothing with made-up arguments' });
            }
        }
    }
    return { calls, silent, unresolved, left: maker.left };
}

/** What the promise of a signature is for. */
function promised(checker, signature) {
    const type = checker.getReturnTypeOfSignature(signature);
    return type.symbol?.name === 'Promise' ? checker.getTypeArguments(type)[0] : undefined;
}

/** The body of an answer that the client gives together with its headers. */
function unwrapped(type) {
    return type.aliasSymbol?.name === 'ClientResponse' ? type.aliasTypeArguments[0] : type;
}

/** Parameters that are any text to the compiler, and part of the path. */
const SPOKEN = { syncableType: 'team' };

function argument(maker, parameter, type) {
    if (parameter in SPOKEN) return SPOKEN[parameter];
    const plain = maker.checker.getNonNullableType(type);
    const name = plain.symbol?.name;
    if (name === 'File' || name === 'Blob') return new File(['text'], 'text.txt');
    if (name === 'AbortSignal') return undefined;
    const [{ value }] = maker.values(plain);
    // Whatever it may be, something may be looked up in it.
    return typeof value === 'symbol' ? {} : value;
}

/** What the server is made to say, to see whether it comes out again. */
const SENTINEL = { sentinel: 'text' };

/** A method may ask more than once, and again and again what it is not content with. */
const MOST_REQUESTS = 3;

/**
 * Method and URL of the first request that a method sends, and whether it gives the answer to its caller as it came: else its type
 * is not that of the answer.
 */
async function noted(name, arguments_) {
    const { Client4 } = require('@mattermost/client');
    const client = new Client4();
    client.setUrl('http://localhost');
    client.setToken('made-up');
    client.setUserId('me-id');
    client.setEnableLogging(true);
    const requests = [];
    const { fetch } = globalThis;
    globalThis.fetch = async (url, options) => {
        if (requests.length >= MOST_REQUESTS) throw new Error('enough');
        requests.push({ method: (options?.method ?? 'GET').toUpperCase(), url: String(url).replace('http://localhost', '') });
        return Response.json(SENTINEL);
    };
    let isPassedOn = true;
    try {
        const given = await client[name](...arguments_);
        isPassedOn = [given, given?.data].some((data) => JSON.stringify(data) === JSON.stringify(SENTINEL));
    } catch {
        // It wanted another answer: whether it passes on a good one is not known.
    } finally {
        globalThis.fetch = fetch;
    }
    return requests.length > 0 ? { ...requests[0], isPassedOn } : undefined;
}
