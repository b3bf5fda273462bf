// Names that the vendors' declarations take from packages which they do not ask for, as far as answers need them.

declare module 'mongodb' {
    export type WithId<T> = Omit<T, '_id'> & { _id: string };
    export type Document = { [key: string]: any };
    export type Filter<T> = { [key: string]: any };
    export type FindOptions<T = any> = { [key: string]: any };
    export type SchemaMember<T, V> = { [K in keyof T]?: V };
    export type UpdateFilter<T> = { $set?: Partial<T>; $unset?: { [K in keyof T]?: '' | 1 } };
}

declare module 'node:http' {
    export type IncomingHttpHeaders = { [name: string]: string };
    export interface IncomingMessage {}
}

interface Buffer extends Uint8Array {}
