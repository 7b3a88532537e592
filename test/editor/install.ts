/** Installs VS Code's server where the machine has none, before any test's clock runs. */
import { editorServer } from './server.ts';

await editorServer((line) => {
  console.log(line);
});
