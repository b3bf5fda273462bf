// `@rocket.chat/rest-typings`: `Endpoints` has the answer of every path and method.

import ts from 'typescript';
import { Maker } from './make.mjs';
import { load } from './program.mjs';

const SOURCE = `
import type { Endpoints } from '@rocket.chat/rest-typings';
export type All = Endpoints;
`;

export const packages = ['@rocket.chat/rest-typings', '@rocket.chat/core-typings', '@rocket.chat/message-parser', '@rocket.chat/ui-kit', '@rocket.chat/apps-engine'];

/** `{ calls: [{ name, method, template, answers }], silent, unresolved, left }`. */
export async function read(whole) {
    const { checker, root, types, unresolved } = load(SOURCE);
    const maker = new Maker(checker, root, whole);
    const calls = [];
    const silent = [];
    for (const path of checker.getPropertiesOfType(types.get('All'))) {
        const methods = checker.getTypeOfSymbolAtLocation(path, root);
        for (const method of checker.getPropertiesOfType(methods)) {
            const name = `${method.name} ${path.name}`;
            const type = checker.getTypeOfSymbolAtLocation(method, root);
            const signatures = (type.isUnion() ? type.types : [type]).flatMap((arm) => checker.getSignaturesOfType(arm, ts.SignatureKind.Call));
            if (signatures.length === 0) {
                silent.push({ name, why: 'is no function in the typings' });
                continue;
            }
            const answers = [];
            for (const [index, signature] of signatures.entries()) {
                const prefix = signatures.length > 1 ? `signature ${index + 1}, ` : '';
                const returned = unwrapped(checker, root, checker.getReturnTypeOfSignature(signature));
                const isEmpty = (returned.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined)) !== 0;
                for (const { kind, value } of maker.values(returned)) {
                    const body = isEmpty ? { success: true } : successful(value);
                    if (!answers.some((other) => other.value === body || JSON.stringify(other.value) === JSON.stringify(body))) answers.push({ kind: prefix + kind, value: body });
                }
            }
            calls.push({ name, method: method.name, template: `/api${path.name.replace(/:(\w+)/g, '{$1}')}`, answers });
        }
    }
    return { calls, silent, unresolved, left: maker.left };
}

/** What is sent of a type that has status and headers beside it, as handlers inside the server give them. */
function unwrapped(checker, root, type) {
    const names = checker.getPropertiesOfType(type).map(({ name }) => name).filter((name) => name !== 'statusCode');
    if (names.sort().join() !== 'body,headers') return type;
    return checker.getTypeOfSymbolAtLocation(type.getProperty('body'), root);
}

/** The server writes `success` into every object that it sends, and into one of its own where a handler gives nothing. */
function successful(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value, success: value.success ?? true } : value;
}
