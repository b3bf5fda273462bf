// The calls of Rocket.Chat's own JavaScript client: one function for each verb, and a list of all paths with their
// parameters in `@rocket.chat/rest-typings`.
import { createRequire } from 'node:module';
import { Compiler, text } from './arguments.mjs';

const require = createRequire(import.meta.url);
const { RestClient } = require('@rocket.chat/api-client');
const ROOM = 'GENERAL';
const USER = 'aobEdbYhXfu5hkeqG';
const MESSAGE = '7aDSXtjMA3KPLxLjt';

function client(base) {
    const client = new RestClient({ baseUrl: base, credentials: { 'X-User-Id': USER, 'X-Auth-Token': 'made-up' } });
    client.handleTwoFactorChallenge(() => Promise.resolve('123456'));
    return client;
}

/** What a program does on a day: each step with arguments that somebody wrote. */
const DAY = [
    ['post', '/v1/login', { user: 'ada', password: 'not-a-real-one' }],
    ['get', '/v1/me'],
    ['get', '/v1/users.info', { userId: USER }],
    ['get', '/v1/users.info', { username: 'ada' }],
    ['get', '/v1/users.list', { count: 10, offset: 0, sort: '{"username":1}' }],
    ['get', '/v1/users.presence', { from: '2026-01-02T03:04:05.000Z' }],
    ['post', '/v1/users.setStatus', { message: 'Away', status: 'away' }],
    ['get', '/v1/channels.list', { count: 10 }],
    ['get', '/v1/channels.info', { roomId: ROOM }],
    ['get', '/v1/channels.info', { roomName: 'general' }],
    ['post', '/v1/channels.create', { name: 'notes', members: ['ada'], readOnly: false }],
    ['get', '/v1/channels.messages', { roomId: ROOM, count: 20 }],
    ['get', '/v1/channels.members', { roomId: ROOM }],
    ['post', '/v1/channels.setTopic', { roomId: ROOM, topic: 'Engines' }],
    ['post', '/v1/groups.create', { name: 'few', members: ['ada'] }],
    ['get', '/v1/groups.list', { count: 10 }],
    ['post', '/v1/im.create', { username: 'ada' }],
    ['get', '/v1/im.list', { count: 10 }],
    ['get', '/v1/rooms.get', { updatedSince: '2026-01-02T03:04:05.000Z' }],
    ['get', '/v1/rooms.info', { roomId: ROOM }],
    ['get', '/v1/subscriptions.get'],
    ['post', '/v1/subscriptions.read', { rid: ROOM }],
    ['post', '/v1/chat.postMessage', { roomId: ROOM, text: 'Hello *world*', emoji: ':tada:', attachments: [{ color: '#ff0000', text: 'Yay' }] }],
    ['post', '/v1/chat.sendMessage', { message: { rid: ROOM, msg: 'Hello *world*' } }],
    ['get', '/v1/chat.getMessage', { msgId: MESSAGE }],
    ['post', '/v1/chat.update', { roomId: ROOM, msgId: MESSAGE, text: 'Hello again' }],
    ['post', '/v1/chat.react', { messageId: MESSAGE, emoji: ':tada:', shouldReact: true }],
    ['post', '/v1/chat.delete', { roomId: ROOM, msgId: MESSAGE, asUser: true }],
    ['get', '/v1/settings.public', { count: 10 }],
    ['get', '/info'],
    ['post', '/v1/logout'],
];

async function step(client, verb, path, given) {
    const answer = await client[verb](path, given);
    // Whoever has logged in goes on with what the server gave.
    if (path === '/v1/login' && !(answer.data?.authToken && answer.data?.userId)) throw new Error('the client got no token');
}

export function calls(packages) {
    const declarations = `${packages}/@rocket.chat/rest-typings/dist/index.d.ts`;
    const compiler = new Compiler([declarations]);
    const list = DAY.map(([verb, path, given]) => {
        const operation = `a day: ${verb} ${path}${given ? ` ${Object.keys(given)[0]}` : ''}`;
        return { operation, variant: '', run: (base) => step(client(base), verb, path, given) };
    });
    const endpoints = compiler.exported(declarations, 'Endpoints');
    for (const property of compiler.checker.getPropertiesOfType(endpoints)) {
        const path = property.name;
        for (const { name: verb, signatures } of compiler.functions(compiler.checker.getTypeOfSymbol(property))) {
            const real = path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(text(name)));
            for (const { variant, make } of compiler.variants(signatures)) {
                const run = (base) => client(base)[verb.toLowerCase()](real, ...make());
                list.push({ operation: `${verb} ${path}`, variant, run });
            }
        }
    }
    return list;
}
