export declare const packages: Record<'guests' | 'rig' | 'browser' | 'tests' | 'symbols', readonly string[]>;
export declare function cacheDir(): string;
export declare function debianPackages(parts: { rig?: boolean; browser?: boolean }): Promise<void>;
export declare function ensureDebian(names: readonly string[]): Promise<void>;
