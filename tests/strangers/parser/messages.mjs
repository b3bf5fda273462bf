// Messages as people write them, and what Rocket.Chat's own parser makes of each: one line of JSON for each message, with a
// name, the text, and the tree that a server puts into `md`.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const { parse } = require('@rocket.chat/message-parser');

const ALL = { colors: true, emoticons: true, katex: { dollarSyntax: true, parenthesisSyntax: true }, customDomains: ['internal.example'] };

const MESSAGES = {
    plain: 'Hello, world',
    bold: 'a *bold* word and **another**',
    italics: 'an _italic_ word and __another__',
    strike: 'a ~struck~ word and ~~another~~',
    'bold in italics in strike': '~_*all of it*_~',
    'italics in bold': '*bold _and italic_ and ~struck~*',
    'bold with a link': '*see [the docs](https://example.com/docs) now*',
    'bold with a mention': '*@ada and #general and :tada:*',
    'a user': 'hello @ada.lovelace',
    'a user of another server': 'hello @ada:example.com',
    everybody: '@all and @here',
    'a channel': 'see #general and #a-b_c.d',
    emoji: 'well done :tada: :+1:',
    'unicode emoji': 'well done 🎉',
    emoticons: 'fine :) or :-( or <3',
    'one big emoji': ':tada:',
    'three big emoji': ':tada: :smile: :heart:',
    'big unicode emoji': '🎉😀❤️',
    'an address': 'https://example.com/a?b=c&d=e#f',
    'an address without scheme': 'go to example.com or www.example.org/path',
    'an address of a domain of ours': 'http://machine.internal.example/x',
    'a link': '[label](https://example.com)',
    'a link with markup': '[*bold* and _italic_](https://example.com)',
    'a link without label': '[](https://example.com)',
    'a link of another kind': '<https://example.com|the label>',
    'an email address': 'write to ada@example.com',
    'a phone number': 'call +15551234567',
    'an image': '![a picture](https://example.com/a.png)',
    'an image without label': '![](https://example.com/a.png)',
    'code in a line': 'run `cargo test` now',
    'code in a line with marks': '`*not bold* @nobody #nowhere`',
    code: '```\nlet a = 1;\n\n  let b = 2;\n```',
    'code of a language': '```rust\nfn main() {}\n```',
    'code and text': 'before\n```\ninside\n```\nafter',
    quote: '> quoted *bold* @ada\n> second line',
    'a quote and an answer': '> quoted\nanswered',
    'ordered list': '1. first\n2. second *bold*\n3. third',
    'ordered list from seven': '7. seventh\n8. eighth',
    'unordered list': '- one\n- two @ada\n- three',
    'unordered list with stars': '* one\n* two',
    tasks: '- [ ] to do\n- [x] done *well*',
    'a colour': 'color:#ff0000 color:#00ff0080 color:#abc',
    spoiler: 'it was ||the *butler* with @ada|| all along',
    'spoiler of lines': '||first\nsecond||',
    'spoiler block': '||\nfirst\nsecond\n||',
    'heading 1': '# Title',
    'heading 2': '## Title with *bold*',
    'heading 3': '### Title',
    'heading 4': '#### Title',
    'katex of a line': 'as \\(a^2 + b^2\\) says',
    'katex of a line, dollars': 'as $a^2 + b^2$ says',
    katex: '\\[\na^2 + b^2 = c^2\n\\]',
    'katex, dollars': '$$\n\\frac{1}{2}\n$$',
    timestamp: 'at <t:1767323045> or <t:1767323045:R>',
    'timestamps of all formats': ['t', 'T', 'd', 'D', 'f', 'F', 'R'].map((format) => `<t:1767323045:${format}>`).join(' '),
    'timestamp as a date': '<t:2026-01-02T03:04:05.000Z:f> <t:2026-01-02T03:04:05.000+02:00>',
    'timestamp struck': '~<t:1767323045:R>~',
    lines: 'first\nsecond\n\nfourth',
    'lines of nothing': '\n\n\n',
    'a rule': 'above\n\n---\n\nbelow',
    table: '| a | b | c |\n|:--|:-:|--:|\n| 1 | *2* | @ada |\n| x | | z |',
    'table with code': '| a |\n|---|\n| `x` |',
    'everything at once':
        '# Title :tada:\n\n*bold _it_* ~no~ @ada #general [l](https://example.com) `c`\n\n> q\n\n- [ ] t\n\n1. a\n2. b\n\n- x\n\n```js\n1\n```\n||s|| color:#123456 $x$ <t:1767323045:R>',
    'nothing but spaces': '   ',
    'marks that mark nothing': '* _ ~ ` @ # : | > 1. [ ] ( )',
    escaped: '\\*not bold\\* \\_not italic\\_',
    'other scripts': '*жирный* _斜体_ ~مشطوب~ @ада #общий',
    long: `*${'a'.repeat(2000)}*`,
    deep: '*_~*_~x~_*~_*',
};

/** What the parser declares, and makes of no text. */
const BY_HAND = {
    'a block quote': [{ type: 'BLOCKQUOTE', value: [{ type: 'PARAGRAPH', value: [{ type: 'PLAIN_TEXT', value: 'quoted' }] }] }],
};

function types(tree, met = new Set()) {
    if (Array.isArray(tree)) tree.forEach((item) => types(item, met));
    else if (tree && typeof tree === 'object') {
        if (typeof tree.type === 'string') met.add(tree.type);
        Object.values(tree).forEach((value) => types(value, met));
    }
    return met;
}

/** All kinds of node that the parser's declarations know of. */
function declared() {
    const main = require.resolve('@rocket.chat/message-parser');
    const text = readFileSync(path.join(path.dirname(main), 'definitions.d.ts'), 'utf8');
    return new Set([...text.matchAll(/^ {4}type: '([A-Z_]+)'/gm)].map(([, name]) => name));
}

const met = new Set();
for (const [name, text] of Object.entries(MESSAGES)) {
    const variants = { '': ALL, ', without options': {} };
    let before;
    for (const [suffix, options] of Object.entries(variants)) {
        const tree = JSON.parse(JSON.stringify(parse(text, options)));
        if (JSON.stringify(tree) === before) continue;
        before = JSON.stringify(tree);
        types(tree, met);
        console.log(JSON.stringify({ name: `${name}${suffix}`, text, md: tree }));
    }
}
for (const [name, md] of Object.entries(BY_HAND)) {
    types(md, met);
    console.log(JSON.stringify({ name, text: '', md }));
}
const missing = [...declared()].filter((type) => !met.has(type));
if (missing.length > 0) {
    console.error(`no message has: ${missing.join(', ')}`);
    process.exit(1);
}
