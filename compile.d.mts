import type { Plugin } from 'esbuild';

export declare function compiled(file: string): string;
export declare const compiledC: Plugin;
