// Arguments for the functions of a client, made from its TypeScript declarations: a function's parameters as the compiler
// sees them become values that a program would really pass, dates and files included.
import ts from 'typescript';

const ID = 'abcdefghijklmnopqrstuvwxyz';
const MILLISECONDS = 1700000000000;
const DATE = '2026-01-02T03:04:05.000Z';

/** Text by what it is called. */
export function text(name, kind = '') {
    const word = name.replace(/[^A-Za-z]+/g, '_');
    const table = [
        [/e_?mails?$|^emails?/i, 'ada@example.com'],
        [/(url|uri|link|homepage|website|site)s?$/i, 'https://example.com/hook'],
        [/(^|_)ids?$|Ids?$|ID$/, ID],
        [/user_?names?$/i, 'ada'],
        [/(color|colour)$/i, '#336699'],
        [/(locale|language)$/i, 'en'],
        [/timezone$/i, 'Europe/Berlin'],
        [/(date|At|_at|since|until|oldest|latest|timestamp|time)$/, DATE],
    ];
    return table.find(([pattern]) => pattern.test(word))?.[1] ?? (kind || 'text');
}

/** Numbers by what they are called. */
function number(name) {
    if (/(_at|At|since|timestamp|date|time|until)$/i.test(name)) return MILLISECONDS;
    return /^(page|offset|skip)$/i.test(name) ? 0 : 1;
}

export function file(name = 'picture.png', type = 'image/png') {
    return new File([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3)], name, { type });
}

export function form(field) {
    const form = new FormData();
    form.append(field, file());
    return form;
}

/** Reads declarations, and makes values of their types. */
export class Compiler {
    /** `special` may give the value of a type that it knows by name: `{value}`, or nothing. */
    constructor(files, special = () => undefined) {
        this.special = special;
        const options = {
            target: ts.ScriptTarget.ES2022,
            module: ts.ModuleKind.NodeNext,
            moduleResolution: ts.ModuleResolutionKind.NodeNext,
            lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
            strict: true,
            skipLibCheck: true,
            noEmit: true,
            types: [],
        };
        this.program = ts.createProgram(files, options);
        this.checker = this.program.getTypeChecker();
    }

    /** What a module exports by a name, as a type: an interface, or what a class makes. */
    exported(file, name) {
        const symbol = this.module(file).find((symbol) => symbol.name === name);
        if (!symbol) throw new Error(`${file} exports no ${name}`);
        const real = symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
        return this.checker.getDeclaredTypeOfSymbol(real);
    }

    module(file) {
        const source = this.program.getSourceFile(file);
        return this.checker.getExportsOfModule(this.checker.getSymbolAtLocation(source));
    }

    /** The functions of a type by name, with all their signatures. */
    functions(type) {
        return this.checker
            .getPropertiesOfType(type)
            .map((symbol) => ({ name: symbol.name, signatures: this.checker.getTypeOfSymbol(symbol).getCallSignatures() }))
            .filter(({ signatures }) => signatures.length > 0);
    }

    returns(signature) {
        return this.checker.typeToString(signature.getReturnType());
    }

    /** Lists of arguments: for each signature and each alternative of a parameter all that can be given, and the least. */
    variants(signatures) {
        const found = [];
        signatures.forEach((signature, number) => {
            const parameters = signature.getParameters().map((symbol) => {
                const declaration = symbol.valueDeclaration;
                const optional = Boolean(declaration && (declaration.questionToken || declaration.initializer || declaration.dotDotDotToken));
                return { name: symbol.name, type: this.checker.getTypeOfSymbol(symbol), optional };
            });
            const alternatives = Math.max(1, ...parameters.map(({ type }) => this.alternatives(type).length));
            for (let alternative = 0; alternative < alternatives; alternative += 1) {
                for (const full of [true, false]) {
                    const make = () => trimmed(parameters.map((parameter) => this.argument(parameter, full, alternative)));
                    // Where nothing can be left out, the least is all.
                    const said = JSON.stringify(make());
                    if (!full && said === JSON.stringify(found.at(-1).make())) continue;
                    const which = [full ? 'full' : 'minimal', signatures.length > 1 ? `overload ${number + 1}` : '', alternatives > 1 ? `alternative ${alternative + 1}` : ''];
                    found.push({ variant: which.filter(Boolean).join(', '), make });
                }
            }
        });
        return found;
    }

    argument({ name, type, optional }, full, alternative) {
        if (optional && !full) return undefined;
        const choices = this.alternatives(type);
        return this.value(choices[alternative % choices.length] ?? type, name, full, []);
    }

    /** What a type may be, if these are objects or lists of their own: shapes, not words. */
    alternatives(type) {
        if (!type.isUnion()) return [type];
        const shapes = type.types.filter((member) => !isNothing(member));
        const all = shapes.every((member) => member.flags & ts.TypeFlags.Object || member.isIntersection());
        return all && shapes.length > 1 ? shapes : [type];
    }

    value(type, name, full, above) {
        const special = this.special(this.checker.typeToString(type), name);
        if (special) return special.value;
        const flags = type.flags;
        if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
        if (flags & ts.TypeFlags.BooleanLiteral) return this.checker.typeToString(type) === 'true';
        if (flags & ts.TypeFlags.String) return text(name);
        if (flags & ts.TypeFlags.Number) return number(name);
        if (flags & ts.TypeFlags.BigInt) return 1n;
        if (flags & ts.TypeFlags.Boolean) return true;
        if (flags & ts.TypeFlags.TemplateLiteral) return this.template(type, name, full, above);
        if (flags & ts.TypeFlags.Null) return null;
        if (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Never)) return undefined;
        if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return unknown(name);
        if (flags & ts.TypeFlags.NonPrimitive) return {};
        if (flags & ts.TypeFlags.TypeParameter) {
            const bound = this.checker.getBaseConstraintOfType(type);
            return bound && bound !== type ? this.value(bound, name, full, above) : unknown(name);
        }
        if (type.isUnion()) return this.choice(type, name, full, above);
        return this.object(type, name, full, above);
    }

    template(type, name, full, above) {
        const parts = type.types.map((part) => String(this.value(part, name, full, above)));
        return type.texts.map((piece, number) => piece + (parts[number] ?? '')).join('');
    }

    choice(type, name, full, above) {
        const members = type.types.filter((member) => !isNothing(member));
        // Nothing may be passed, and nothing else: `undefined | null`.
        if (members.length === 0) return type.types.some((member) => member.flags & ts.TypeFlags.Null) ? null : undefined;
        if (members.every((member) => member.flags & ts.TypeFlags.BooleanLiteral)) return true;
        // A type of itself again is no help.
        const fresh = members.filter((member) => !above.includes(member));
        // Of `''` and words, a word.
        const telling = fresh.filter((member) => !(member.isStringLiteral() && member.value === ''));
        return this.value(telling[0] ?? fresh[0] ?? members[0], name, full, above);
    }

    object(type, name, full, above) {
        const called = type.symbol?.name ?? '';
        const single = name.replace(/ies$/, 'y').replace(/s$/, '');
        switch (called) {
            case 'Date':
                return new Date(DATE);
            case 'File':
            case 'Blob':
                return file();
            case 'FormData':
                return form('file');
            case 'URL':
                return new URL('https://example.com/hook');
            case 'Map':
                return new Map();
            case 'Set':
                return new Set();
            case 'RegExp':
                return /a/;
            case 'AbortSignal':
            case 'AbortController':
            case 'CancelTokenSource':
                return undefined;
            case 'ArrayBuffer':
            case 'Buffer':
            case 'Uint8Array':
                return Uint8Array.of(1, 2, 3);
            default:
        }
        if (type.getCallSignatures().length > 0 && this.checker.getPropertiesOfType(type).length === 0) return () => undefined;
        if (this.checker.isTupleType(type)) return this.checker.getTypeArguments(type).map((item) => this.value(item, single, full, above));
        const item = this.checker.isArrayLikeType(type) && this.checker.getIndexTypeOfType(type, ts.IndexKind.Number);
        if (item) return above.includes(item) || above.length > 12 ? [] : [this.value(item, single, full, above)];
        if (above.includes(type) || above.length > 12) return {};
        const within = [...above, type];
        const made = {};
        for (const property of this.checker.getPropertiesOfType(type)) {
            const optional = Boolean(property.flags & ts.SymbolFlags.Optional);
            if (optional && !full) continue;
            const inner = this.checker.getTypeOfSymbol(property);
            const core = this.checker.getNonNullableType(inner);
            // What leads back to itself need not be there; functions are no data.
            if (optional && (within.includes(core) || above.length > 8)) continue;
            if (core.getCallSignatures().length > 0) continue;
            const value = this.value(inner, property.name, full, within);
            if (value !== undefined) made[property.name] = value;
        }
        const entries = this.checker.getIndexTypeOfType(type, ts.IndexKind.String);
        if (entries && full) made[text('key')] ??= this.value(entries, name, full, within);
        return made;
    }
}

/** Of what nothing is declared, the name has to say it. */
function unknown(name) {
    if (/form/i.test(name)) return form('files');
    return /(props|data|options|params|body|patch|state|metadata|context|config|settings|fields)$/i.test(name) ? {} : 'text';
}

function isNothing(type) {
    return Boolean(type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null | ts.TypeFlags.Void));
}

/** Arguments that are not given stand at the end of no call. */
function trimmed(list) {
    const given = [...list];
    while (given.length > 0 && given.at(-1) === undefined) given.pop();
    return given;
}
