// Values of a TypeScript type, as JSON has them: what JSON.stringify would make of them, or what a server means by them.

import ts from 'typescript';

/** Nothing: the type has no place in JSON, or says nothing of what it would be. */
export const NOTHING = Symbol('nothing');

/** What is not JSON but bytes; only a whole answer can be. */
export const BYTES = Symbol('bytes');

/** Deeper than this, only what is required is filled. */
const DEEPEST = 12;

/** So many values of one type cover the arms of its unions, as far as they get. */
const MOST = 96;
const FEW = 8;

/** After so many values that took no new arm, the rest of them cannot be had. */
const IDLE = 12;

/** Types of JavaScript and the browser that are bytes, not JSON. */
const BYTE_TYPES = new Set(['Blob', 'File', 'ArrayBuffer', 'ArrayBufferLike', 'SharedArrayBuffer', 'Buffer', 'Uint8Array', 'ReadableStream', 'Readable']);

/** Types that never come over a wire. */
const NEVER = new Set(['AbortSignal', 'Headers', 'Request', 'FormData', 'Function', 'RegExp', 'Symbol', 'HTMLElement', 'Element', 'Node', 'Window', 'WeakMap', 'WeakSet', 'IncomingMessage']);

export class Maker {
    /**
     * With `whole`, as many values as it takes; else a few.
     * `wire.rename` says what a property of a type is called on the wire, `wire.special` has values of types by name, and
     * `wire.memberNames` says that members of enums travel by name.
     */
    constructor(checker, root, whole, wire = {}) {
        this.most = whole ? MOST : FEW;
        this.checker = checker;
        this.root = root;
        this.wire = wire;
        /** Arms of unions that no value took, over all types. */
        this.left = 0;
    }

    /**
     * Values of a type: `[{ kind, value }]`. `full` has every property and one item in each list; `arm 1` and so on are full ones
     * with other arms of the unions, until each that is met was taken once; `minimal` has what is required and empty lists.
     */
    values(type) {
        this.taken = new Map();
        this.met = new Map();
        const made = [];
        const seen = new Set();
        const add = (kind, value) => {
            const text = typeof value === 'symbol' ? value.toString() : JSON.stringify(value);
            if (!seen.has(text)) {
                seen.add(text);
                made.push({ kind, value });
            }
        };
        add('full', this.value(type, { full: true, depth: 0, stack: [], name: '' }));
        let left = this.armsLeft();
        for (let number = 1, idle = 0; number < this.most && left > 0 && idle < IDLE; number += 1) {
            add(`arm ${number}`, this.value(type, { full: true, depth: 0, stack: [], name: '' }));
            const before = left;
            left = this.armsLeft();
            idle = left < before ? 0 : idle + 1;
        }
        this.left += left;
        this.taken = new Map();
        this.met = new Map();
        add('minimal', this.value(type, { full: false, depth: 0, stack: [], name: '' }));
        return made;
    }

    /** How many arms of unions that were met no value has taken. */
    armsLeft() {
        return [...this.met].reduce((sum, [union, arms]) => sum + Math.max(0, arms - (this.taken.get(union) ?? 0)), 0);
    }

    value(type, at) {
        const { checker } = this;
        const { flags } = type;
        if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never | ts.TypeFlags.Void | ts.TypeFlags.Undefined)) return NOTHING;
        if (flags & ts.TypeFlags.ESSymbolLike) return NOTHING;
        if (flags & ts.TypeFlags.Null) return null;
        if (flags & ts.TypeFlags.BooleanLiteral) return checker.typeToString(type) === 'true';
        if (flags & ts.TypeFlags.Boolean) return true;
        const special = this.wire.special?.[(type.aliasSymbol ?? type.symbol)?.name];
        if (special !== undefined) return special;
        if (this.wire.memberNames && flags & ts.TypeFlags.EnumLiteral && !type.isUnion()) return type.symbol.name;
        if (type.isUnion()) return this.union(type, at);
        if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
        if (flags & ts.TypeFlags.BigIntLike) return 1;
        if (flags & ts.TypeFlags.TemplateLiteral) return this.template(type, at);
        if (flags & ts.TypeFlags.StringLike) return text(at.name);
        if (flags & ts.TypeFlags.NumberLike) return number(at.name);
        if (flags & ts.TypeFlags.NonPrimitive) return {};
        if (flags & (ts.TypeFlags.TypeParameter | ts.TypeFlags.IndexedAccess | ts.TypeFlags.Conditional | ts.TypeFlags.Substitution | ts.TypeFlags.Index)) {
            const constraint = checker.getBaseConstraintOfType(type);
            // What the caller chooses may be anything.
            if (flags & ts.TypeFlags.TypeParameter && (!constraint || constraint.flags & ts.TypeFlags.Unknown)) return at.depth > 0 ? 'text' : NOTHING;
            return constraint && constraint !== type ? this.value(constraint, at) : NOTHING;
        }
        if (type.isIntersection()) {
            // A primitive with a brand is the primitive.
            const primitive = type.types.find((part) => part.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike));
            if (primitive) return this.value(primitive, at);
        }
        return this.object(type, at);
    }

    union(type, at) {
        const arms = this.arms(type);
        if (arms.length === 0) return NOTHING;
        const isNullable = arms.some((arm) => arm.flags & ts.TypeFlags.Null);
        if (!at.full) return arms.length > 1 && isNullable ? null : this.value(arms.find((arm) => !(arm.flags & ts.TypeFlags.Null)) ?? arms[0], at);
        // `null` comes last: what is full has values.
        const ordered = [...arms.filter((arm) => !(arm.flags & ts.TypeFlags.Null)), ...arms.filter((arm) => arm.flags & ts.TypeFlags.Null)];
        const key = armsKey(ordered);
        const turn = this.taken.get(key) ?? 0;
        // Texts in place of each other are of one kind: two of them will do.
        const isText = ordered.every((arm) => arm.isStringLiteral());
        this.met.set(key, isText ? Math.min(ordered.length, 2) : ordered.length);
        this.taken.set(key, turn + 1);
        // An arm that cannot be had here, because it is of the type around it, leaves its turn to the next.
        for (let step = 0; step < ordered.length; step += 1) {
            const value = this.value(ordered[(turn + step) % ordered.length], at);
            if (value !== NOTHING) return value;
        }
        return NOTHING;
    }

    /** The arms of a union without `undefined`; `true` and `false` are one. */
    arms(type) {
        const arms = [];
        let hasBoolean = false;
        for (const arm of type.types) {
            if (arm.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) continue;
            if (arm.flags & ts.TypeFlags.BooleanLiteral) {
                if (hasBoolean) continue;
                hasBoolean = true;
            }
            if (isCallable(this.checker, arm)) continue;
            arms.push(arm);
        }
        return arms;
    }

    template(type, at) {
        const parts = type.types.map((part) => this.value(part, at)).map((part) => (part === NOTHING ? 'text' : String(part)));
        return type.texts.reduce((whole, text, index) => whole + text + (index < parts.length ? parts[index] : ''), '');
    }

    object(type, at) {
        const { checker } = this;
        const name = type.aliasSymbol?.name ?? type.symbol?.name ?? '';
        const isForeign = isBuiltIn(type);
        const arguments_ = type.aliasTypeArguments ?? (type.objectFlags & ts.ObjectFlags.Reference ? checker.getTypeArguments(type) : []);
        if (checker.isTupleType(type)) return this.tuple(type, at);
        if (checker.isArrayType(type)) return this.list(arguments_[0], at);
        if (BYTE_TYPES.has(name)) return at.depth === 0 ? BYTES : NOTHING;
        if (isForeign && NEVER.has(name)) return NOTHING;
        if (isForeign && name === 'Date') return moment(at.name);
        if (isForeign && name === 'URL') return 'https://example.com/text';
        if (isForeign && (name === 'Set' || name === 'ReadonlySet')) return this.list(arguments_[0], at);
        // Who writes Map for what comes as JSON means an object.
        if (isForeign && (name === 'Map' || name === 'ReadonlyMap')) return this.map(arguments_[1], at);
        if (isForeign && (name === 'Promise' || name === 'PromiseLike')) return this.value(arguments_[0], at);
        if (isForeign && ['String', 'Number', 'Boolean'].includes(name)) return { String: 'text', Number: 1, Boolean: true }[name];
        if (isForeign && name === 'Response') return NOTHING;
        if (isCallable(checker, type)) return NOTHING;
        return this.members(type, at);
    }

    tuple(type, at) {
        const items = this.checker.getTypeArguments(type).map((item, index) => ({ item, kind: type.target.elementFlags[index] }));
        const wanted = items.filter(({ kind }) => at.full || kind & ts.ElementFlags.Required);
        const values = wanted.map(({ item }) => this.value(item, deeper(at, type, at.name)));
        const end = values.indexOf(NOTHING);
        return end < 0 ? values : values.slice(0, end);
    }

    list(item, at) {
        if (!at.full || at.depth > DEEPEST) return [];
        const value = this.value(item, deeper(at, undefined, singular(at.name)));
        return value === NOTHING ? [] : [value];
    }

    map(value, at) {
        if (!at.full || at.depth > DEEPEST) return {};
        const made = this.value(value, deeper(at, undefined, at.name));
        return made === NOTHING ? {} : { key: made };
    }

    members(type, at) {
        const { checker } = this;
        const again = at.stack.filter((outer) => outer === type).length;
        // Once in itself only with what is required, and not twice.
        if (again > 1) return NOTHING;
        const full = at.full && again === 0 && at.depth <= DEEPEST;
        const inner = deeper({ ...at, full }, type, '');
        const made = {};
        for (const property of checker.getPropertiesOfType(type)) {
            if (property.name.startsWith('__@') || property.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Prototype)) continue;
            const of = checker.getTypeOfSymbolAtLocation(property, this.root);
            const isOptional = property.flags & ts.SymbolFlags.Optional || (of.isUnion() && of.types.some((arm) => arm.flags & ts.TypeFlags.Undefined));
            if (isOptional && !full) continue;
            const value = this.value(of, { ...inner, name: property.name });
            if (value !== NOTHING) made[this.wire.rename?.(property.name, type.symbol?.name) ?? property.name] = value;
        }
        if (full) {
            for (const index of checker.getIndexInfosOfType(type)) {
                const value = this.value(index.type, { ...inner, name: at.name });
                if (value !== NOTHING) made[index.keyType.flags & ts.TypeFlags.Number ? '1' : 'key'] ??= value;
            }
        }
        return made;
    }
}

function deeper(at, type, name) {
    return { ...at, depth: at.depth + 1, stack: type ? [...at.stack, type] : at.stack, name };
}

function armsKey(arms) {
    return arms.map((arm) => arm.id).join(',');
}

function isCallable(checker, type) {
    return checker.getSignaturesOfType(type, ts.SignatureKind.Call).length > 0 && checker.getPropertiesOfType(type).length === 0;
}

/** Whether a type is of the language or of the browser. */
function isBuiltIn(type) {
    const declarations = type.symbol?.declarations ?? [];
    return declarations.some((declaration) => /[\\/]lib\.[^\\/]*\.d\.ts$/.test(declaration.getSourceFile().fileName));
}

/** `teams` names a list, `team` its item. */
function singular(name) {
    return name.replace(/s$/, '');
}

/** Text that may stand in a property of this name. */
function text(name) {
    if (/e-?mail/i.test(name)) return 'ann@example.com';
    if (/(url|uri|link)$/i.test(name)) return 'https://example.com/text';
    if (/(At|Date|_at|_date)$/.test(name)) return moment(name);
    return 'text';
}

function number(name) {
    return /(_at|At|timestamp)$/.test(name) ? 1764583200000 : 1;
}

function moment() {
    return '2025-12-01T10:00:00.000Z';
}
