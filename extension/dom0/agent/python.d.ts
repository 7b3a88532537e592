/** Python sources are bundled as text, and C as what the compiler makes of it (compile.mjs). */
declare module '*.py' {
  const source: string;
  export default source;
}
declare module '*.sh' {
  const source: string;
  export default source;
}
/** A shared object for x86-64 Linux, deflated, in base64; empty where the build had no compiler for it. */
declare module '*.c' {
  const compiled: string;
  export default compiled;
}
