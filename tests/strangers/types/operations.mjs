// The operations of a generated API, and which of them a request means.

import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from './program.mjs';

/** All operations of `generated/<api>`: `[{ key, method, path }]`, in the order of the files. */
export function operations(api) {
    const folder = path.join(ROOT, '../../generated', api, 'types/src/operations');
    const found = [];
    for (const name of fs.readdirSync(folder).sort()) {
        const text = fs.readFileSync(path.join(folder, name), 'utf8');
        for (const [, method, template] of text.matchAll(/method: "([A-Z]+)",\s*path: "([^"]+)"/g)) {
            found.push({ key: `${method} ${template}`, method, path: template });
        }
    }
    if (found.length === 0) throw new Error(`${folder} names no operation`);
    return found;
}

/** The operation that a request is for: of several whose templates fit, the one with more text in its first segments. */
export function match(all, method, url) {
    const segments = split(new URL(url, 'http://localhost').pathname);
    const fitting = all.filter((operation) => operation.method === method.toUpperCase() && fits(split(operation.path), segments));
    const rank = (operation) => split(operation.path).map((segment) => (segment.includes('{') ? '1' : '0')).join('');
    return fitting.sort((one, other) => (rank(one) < rank(other) ? -1 : 1))[0];
}

/** The operation of a template, whatever its parameters are called. */
export function matchTemplate(all, method, template) {
    const plain = (text) => split(text).map((segment) => segment.replace(/\{[^}]*\}|:\w+/g, '{}')).join('/');
    return all.find((operation) => operation.method === method.toUpperCase() && plain(operation.path) === plain(template));
}

function split(text) {
    return text.split('/').filter((segment) => segment !== '');
}

function fits(template, segments) {
    return template.length === segments.length && template.every((part, index) => {
        if (!part.includes('{')) return part === decodeURIComponent(segments[index]);
        const pattern = part.split(/\{[^}]*\}/).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+');
        return new RegExp(`^${pattern}$`).test(decodeURIComponent(segments[index]));
    });
}
