// `@superoffice/webapi`: the classes for the REST interface, run with made-up arguments over an axios that only takes notes; for the
// operations on users, which it has no such class for, its types of what they answer.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import ts from 'typescript';
import { Maker } from './make.mjs';
import { load } from './program.mjs';

const require = createRequire(import.meta.url);

/** The classes whose paths the document has. */
const CLASSES = ['AppointmentRestApi', 'ProjectRestApi'];

/** What the vendor's reference names as the answer of the operations on users. */
const USERS = {
    'POST /api/v1/User': 'User',
    'GET /api/v1/User/{id}': 'User',
    'PUT /api/v1/User/{id}': 'User',
    'PATCH /api/v1/User/{id}': 'User',
    'GET /api/v1/User/current': 'User',
    'GET /api/v1/User/currentPrincipal': 'SoPrincipalCarrier',
    'GET /api/v1/User/currentAssociate': 'Associate',
    'GET /api/v1/User/CredentialTypes': 'CredentialType[]',
    'GET /api/v1/User/Default': 'User',
    'POST /api/v1/User/Validate': 'StringDictionary',
    'GET /api/v1/User/CustomField': 'FieldInfoBase[]',
    'GET /api/v1/User/CustomField/{fieldName}': 'FieldInfoBase',
    'GET /api/v1/User/{id}/CustomCommand': 'CustomCommand[]',
    'POST /api/v1/User/{id}/CustomCommand/{commandName}': 'CommandResult',
    'GET /api/v1/User/{associateId}/UserPresenceStatus': 'UserPresenceStatus',
    'PUT /api/v1/User/{associateId}/UserPresenceStatus': 'UserPresenceStatus',
};

const SOURCE = `
import type * as carriers from '@superoffice/webapi';
${CLASSES.map((name) => `export type ${name} = carriers.${name};`).join('\n')}
${Object.values(USERS).map((type, index) => `export type User${index} = carriers.${type};`).join('\n')}
`;

export const packages = ['@superoffice/webapi'];

/** `{ calls: [{ name, method, url or template, answers }], silent, unresolved, left }`. */
export async function read(whole) {
    const { checker, root, types, unresolved } = load(SOURCE);
    // Durations are text.
    const maker = new Maker(checker, root, whole, { rename: renamer(), special: { Duration: '00:15:00' }, memberNames: true });
    const calls = [];
    const silent = [];
    for (const class_ of CLASSES) {
        for (const property of checker.getPropertiesOfType(types.get(class_)).filter((property) => property.name.endsWith('Async'))) {
            const type = checker.getTypeOfSymbolAtLocation(property, root);
            for (const signature of checker.getSignaturesOfType(type, ts.SignatureKind.Call)) {
                const name = `${class_}.${property.name}`;
                const arguments_ = signature.parameters.map((parameter) => {
                    const [{ value }] = maker.values(checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, root)));
                    return typeof value === 'symbol' || parameter.name === 'options' ? undefined : value;
                });
                const request = await noted(class_, property.name, arguments_);
                if (request) {
                    const [answer] = checker.getTypeArguments(checker.getReturnTypeOfSignature(signature));
                    calls.push({ name, ...request, answers: maker.values(answer) });
                } else {
                    silent.push({ name, why: 'sends nothing with made-up arguments' });
                }
            }
        }
    }
    for (const [index, [name, type]] of Object.entries(USERS).entries()) {
        const [method, template] = name.split(' ');
        calls.push({ name: type, method, template, answers: maker.values(types.get(`User${index}`)) });
    }
    return { calls, silent, unresolved, left: maker.left };
}

/** What each property is called on the wire, as the package's own converters read it. */
function renamer() {
    const text = fs.readFileSync(require.resolve('@superoffice/webapi').replace(/WebApi\.js$/, 'Converters.js'), 'utf8');
    const names = new Map();
    for (const [, type, body] of text.matchAll(/^(?:export )?function Create_(\w+)_From\(src\) \{(.*?)^\}/gms)) {
        for (const [, property, wire] of body.matchAll(/\bres\.(\w+)\s*=[^;\n]*?\bsrc\.(\w+)/g)) names.set(`${type}.${property}`, wire);
    }
    // What a carrier has from the one that it extends is read by that one's converter.
    return (property, type) => names.get(`${type}.${property}`) ?? names.get(`Carrier.${property}`) ?? property;
}

async function noted(class_, name, arguments_) {
    const Class = require('@superoffice/webapi')[class_];
    let request;
    try {
        const api = new Class('http://localhost/api');
        api._axios.defaults.adapter = async (config) => {
            const url = [config.baseURL, config.url].filter((part) => part).join('').replace('http://localhost', '');
            request ??= { method: config.method.toUpperCase(), url };
            throw new Error('noted');
        };
        await api[name](...arguments_);
    } catch {
        // What it would do with an answer is of no interest.
    }
    return request;
}
