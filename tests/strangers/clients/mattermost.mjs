// The calls of Mattermost's own JavaScript client.
import { createRequire } from 'node:module';
import { Compiler, file } from './arguments.mjs';

const require = createRequire(import.meta.url);
const { Client4 } = require('@mattermost/client');
const TEAM = 'team567890123456789012345a';
const CHANNEL = 'channel90123456789012345ab';
const USER = 'user5678901234567890123456';
const POST = 'post5678901234567890123456';

function client(base) {
    const client = new Client4();
    client.setUrl(base);
    client.setToken('token567890123456789012345');
    client.setUserId(USER);
    client.setEnableLogging(true);
    return client;
}

/** What a small program does on a day: each step with arguments that somebody wrote. */
const DAY = [
    ['login', 'ada', 'not-a-real-one'],
    ['getMe'],
    ['getUser', USER],
    ['getUserByUsername', 'ada'],
    ['getProfiles', 0, 60],
    ['getProfilesByIds', [USER]],
    ['searchUsers', 'ada', { team_id: TEAM, allow_inactive: false, limit: 20 }],
    ['patchMe', { nickname: 'Countess' }],
    ['getStatus', USER],
    ['updateStatus', { user_id: USER, status: 'away' }],
    ['getStatusesByIds', [USER]],
    ['getMyTeams'],
    ['getTeam', TEAM],
    ['getTeamByName', 'engines'],
    ['getMyChannels', TEAM],
    ['createChannel', { team_id: TEAM, name: 'notes', display_name: 'Notes', type: 'O' }],
    ['createDirectChannel', [USER, 'other678901234567890123456']],
    ['getChannel', CHANNEL],
    ['getChannelByName', TEAM, 'notes'],
    ['getChannelMembers', CHANNEL, 0, 60],
    ['addToChannel', USER, CHANNEL],
    ['createPost', { channel_id: CHANNEL, message: 'Hello *world*', root_id: '', props: { from_bot: 'true' } }],
    ['getPost', POST],
    ['getPosts', CHANNEL, 0, 30],
    ['getPostThread', POST],
    ['patchPost', { id: POST, message: 'Hello again' }],
    ['searchPosts', TEAM, 'hello', false],
    ['addReaction', USER, POST, 'tada'],
    ['getReactionsForPost', POST],
    ['uploadFile', upload],
    ['deletePost', POST],
];

function upload() {
    const form = new FormData();
    form.append('channel_id', CHANNEL);
    form.append('files', file());
    return form;
}

async function step(client, name, given) {
    if (name === 'login') client.setToken('');
    await client[name](...given.map((value) => (typeof value === 'function' ? value() : value)));
    // Whoever has logged in goes on with what the server gave.
    if (name === 'login' && !client.getToken()) throw new Error('the client got no token');
}

/** Functions of the client itself: of addresses, and what all others are made of. */
const OWN = ['getUrl', 'setUrl', 'getAbsoluteUrl', 'doFetch', 'doFetchWithResponse', 'getTranslations'];

export function calls(packages) {
    const declarations = `${packages}/@mattermost/client/lib/client4.d.ts`;
    const compiler = new Compiler([declarations]);
    const list = DAY.map(([name, ...given]) => ({ operation: `a day: ${name}`, variant: '', run: (base) => step(client(base), name, given) }));
    for (const { name, signatures } of compiler.functions(compiler.exported(declarations, 'default'))) {
        const promises = signatures.filter((signature) => compiler.returns(signature).startsWith('Promise<'));
        const address = promises.length === 0 && /^get\w+Url$/.test(name) && !OWN.includes(name);
        if ((promises.length === 0 && !address) || OWN.includes(name)) continue;
        for (const { variant, make } of compiler.variants(promises.length > 0 ? promises : signatures)) {
            // A browser fetches what an address leads to.
            const run = (base) => {
                const answer = client(base)[name](...make());
                return address ? fetch(answer, { redirect: 'manual', headers: { authorization: 'BEARER token' } }) : answer;
            };
            list.push({ operation: `Client4.${name}`, variant, run });
        }
    }
    return list;
}
