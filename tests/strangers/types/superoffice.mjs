// `@superoffice/webapi`: the classes for the REST interface, run with made-up arguments over an axios that only takes notes.

import { createRequire } from 'node:module';
import ts from 'typescript';
import { Maker, NOTHING } from './make.mjs';
import { load } from './program.mjs';

const require = createRequire(import.meta.url);

/** The classes whose paths the document has. */
const CLASSES = ['AppointmentRestApi', 'ProjectRestApi'];

const SOURCE = CLASSES.map((name) => `export type ${name} = InstanceType<typeof import('@superoffice/webapi')['${name}']>;`).join('\n');

export const packages = ['@superoffice/webapi'];

/** `{ calls: [{ name, method, url, answers }], silent, unresolved }`. */
export async function read() {
    const { checker, root, types, unresolved } = load(SOURCE);
    const maker = new Maker(checker, root);
    const calls = [];
    const silent = [];
    for (const class_ of CLASSES) {
        for (const property of checker.getPropertiesOfType(types.get(class_)).filter((property) => property.name.endsWith('Async'))) {
            const type = checker.getTypeOfSymbolAtLocation(property, root);
            for (const signature of checker.getSignaturesOfType(type, ts.SignatureKind.Call)) {
                const returned = checker.getReturnTypeOfSignature(signature);
                if (returned.symbol?.name !== 'Promise') continue;
                const name = `${class_}.${property.name}`;
                const arguments_ = signature.parameters.map((parameter) => {
                    const [{ value }] = maker.values(checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, root)));
                    return value === NOTHING || parameter.name === 'options' ? undefined : value;
                });
                const request = await noted(class_, property.name, arguments_);
                if (request) {
                    calls.push({ name, ...request, answers: maker.values(checker.getTypeArguments(returned)[0]) });
                } else {
                    silent.push({ name, why: 'sends nothing with made-up arguments' });
                }
            }
        }
    }
    return { calls, silent, unresolved };
}

async function noted(class_, name, arguments_) {
    const Class = require('@superoffice/webapi')[class_];
    let request;
    const adapter = async (config) => {
        const url = [config.baseURL, config.url].filter((part) => part).join('').replace('http://localhost', '');
        request ??= { method: config.method.toUpperCase(), url };
        throw new Error('noted');
    };
    try {
        const api = new Class('http://localhost/api');
        api._axios.defaults.adapter = adapter;
        await api[name](...arguments_);
    } catch {
        // What it would do with an answer is of no interest.
    }
    return request;
}
