/** Python sources are bundled as text (build.mjs). */
declare module '*.py' {
  const source: string;
  export default source;
}
