// The TypeScript compiler over a few lines that name the vendors' types.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The folder of package.json. */
export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * A checker for `source`, which is looked at as if it were a file beside package.json: the type of each `export type`
 * and of each `export declare const` in it, by name.
 */
export function load(source) {
    const file = path.join(ROOT, 'types', '__asked.ts');
    const options = {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
        types: [],
        baseUrl: ROOT,
    };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists, readFile } = host;
    const asked = (name) => path.resolve(name) === file;
    host.getSourceFile = (name, ...rest) =>
        asked(name) ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true) : getSourceFile(name, ...rest);
    host.fileExists = (name) => asked(name) || fileExists(name);
    host.readFile = (name) => (asked(name) ? source : readFile(name));
    const program = ts.createProgram([file, path.join(ROOT, 'types', 'ambient.d.ts')], options, host);
    const faults = program.getSyntacticDiagnostics().concat(program.getSemanticDiagnostics(program.getSourceFile(file)));
    if (faults.length > 0) {
        throw new Error(ts.formatDiagnostics(faults, { getCanonicalFileName: (name) => name, getCurrentDirectory: () => ROOT, getNewLine: () => '\n' }));
    }
    const checker = program.getTypeChecker();
    const root = program.getSourceFile(file);
    const types = new Map();
    for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(root))) {
        const type = symbol.flags & ts.SymbolFlags.TypeAlias ? checker.getDeclaredTypeOfSymbol(symbol) : checker.getTypeOfSymbolAtLocation(symbol, root);
        types.set(symbol.name, type);
    }
    return { checker, root, types, unresolved: unresolved(program, checker) };
}

/** Modules that no declaration was found for, `name (who asks)`: whatever is of their types counts as unknown. */
function unresolved(program, checker) {
    const found = new Set();
    for (const source of program.getSourceFiles()) {
        if (program.isSourceFileDefaultLibrary(source)) continue;
        const visit = (node) => {
            const specifier = node.moduleSpecifier ?? (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
            if (specifier && ts.isStringLiteral(specifier) && !checker.getSymbolAtLocation(specifier)) {
                found.add(`${specifier.text} (${path.relative(ROOT, source.fileName).replace(/.*node_modules\//, '')})`);
            }
            ts.forEachChild(node, visit);
        };
        visit(source);
    }
    return [...found].sort();
}
