// Lint holds the walls of the house (extension/README.md) and the strictest type-checked rules.
import tseslint from 'typescript-eslint';

const wall = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});
const no = (message, ...group) => ({ group, message });
const noVscode = { regex: '^vscode$', message: 'Only extension/host imports vscode.' };
const noClient = { regex: '^vscode-languageclient', message: 'Only extension/host talks to the language client.' };

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'artifacts/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess makes it the honest way to index typed arrays
      '@typescript-eslint/prefer-literal-enum-member': 'off',
    },
  },
  { files: ['test/**/*.ts', 'extension/cli/**/*.ts', '*.ts'], rules: { 'no-console': 'off' } },
  wall(
    ['extension/protocol.ts', 'extension/protocol/*.ts'],
    [{ regex: '^(?!\\./(protocol/)?\\w+\\.ts$)', message: 'The protocol imports nothing but its own files.' }],
  ),
  wall(['extension/builtPaths.ts'], [{ regex: '.', message: 'Every wing may import it, and so it imports nothing.' }]),
  wall(
    ['extension/engine/**/*.ts'],
    [noVscode, noClient, no('The engine knows neither dom0 nor the host.', '**/dom0/**', '**/host/**', '**/cli/**', '**/webview/**')],
  ),
  wall(
    ['extension/dom0/**/*.ts'],
    [noVscode, noClient, no('The wire knows neither the engine nor the host.', '**/engine/**', '**/host/**', '**/cli/**', '**/webview/**')],
  ),
  wall(
    ['extension/host/**/*.ts'],
    [no('The host asks the engine by message, never by import.', '**/engine/**', '**/cli/**', '**/webview/**')],
  ),
  wall(['extension/cli/**/*.ts'], [noVscode, noClient, no('The command line has no editor.', '**/host/**', '**/webview/**')]),
  wall(
    ['webview/**/*.ts'],
    [
      noVscode,
      no(
        'A view knows protocol.ts and nothing else of the extension.',
        '**/extension/host/**',
        '**/extension/engine/**',
        '**/extension/dom0/**',
        '**/extension/cli/**',
        'node:*',
      ),
    ],
  ),
);
