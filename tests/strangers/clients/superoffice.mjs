// The calls of SuperOffice's own JavaScript client, of the entities that the document describes. Its agents (remote
// procedures below `/api/v1/Agents`) are another API.
import { createRequire } from 'node:module';
import { Compiler } from './arguments.mjs';

const require = createRequire(import.meta.url);
const { WebApi } = require('@superoffice/webapi');
const dayjs = require('dayjs');
dayjs.extend(require('dayjs/plugin/duration'));

const ENTITIES = ['Appointment', 'Project'];

function api(entity, base) {
    const all = new WebApi({ baseUrl: `${base}/api`, languageCode: 'en' });
    all.authenticateWithTicket('7T:made-up');
    return all[`get${entity}RestApi`]();
}

/** What a program does on a day. What the server sends goes back to it, by way of the client's own types. */
const DAY = {
    'the defaults': (api) => api.getDefaultAsync(),
    'creates from the defaults': async (api) => api.postAsync({ ...(await api.getDefaultAsync()), name: 'Engine', description: 'A new one' }),
    'creates from little': (api) => api.postAsync({ description: 'A new one' }),
    reads: (api) => api.getByIdAsync(5),
    'reads in a time zone, if changed': (api) =>
        api.getByIdAsync(5, { timezone: 'UTC', timezoneInclude: true, languageCode: 'de', cultureCode: 'de', ifModifiedSince: new Date('2020-01-01') }),
    'reads and replaces': async (api) => api.putByIdAsync(5, { ...(await api.getByIdAsync(5)), description: 'Changed' }),
    'patches by operations': (api) =>
        api.patchByIdAsync(5, [
            { op: 'replace', path: '/Description', value: 'Changed' },
            { op: 'remove', path: '/UserDefinedFields/SuperOffice:1' },
        ]),
    'patches by what is different': (api) => api.patchByIdAsync(5, { description: 'Changed' }),
    deletes: (api) => api.deleteByIdAsync(5, { ifUnmodifiedSince: new Date('2030-01-01') }),
};

/** Types of the client's libraries that data is made of. */
function special(type) {
    if (type === 'Duration') return { value: dayjs.duration(90, 'minutes') };
    // The client calls what it declares optional.
    if (/IThreshold/.test(type)) return { value: undefined };
    return undefined;
}

export function calls(packages) {
    const list = [];
    const declarations = ENTITIES.map((entity) => `${packages}/@superoffice/webapi/dist/cjs/${entity}RestApi.d.ts`);
    const compiler = new Compiler(declarations, special);
    ENTITIES.forEach((entity, number) => {
        for (const [step, run] of Object.entries(DAY)) list.push({ operation: `a day: ${entity}: ${step}`, variant: '', run: (base) => run(api(entity, base)) });
        const own = compiler.exported(declarations[number], `I${entity}RestApi`);
        for (const { name, signatures } of compiler.functions(own)) {
            for (const { variant, make } of compiler.variants(signatures)) {
                list.push({ operation: `${entity}RestApi.${name}`, variant, run: (base) => api(entity, base)[name](...make()) });
            }
        }
    });
    return list;
}
