import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import prettierRecommended from 'eslint-plugin-prettier/recommended';
import globals from 'globals';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig([
  {
    ignores: [
      'lib',
      'node_modules',
      '.venv',
      'python_ext',
      'ui-tests/.work',
      'ui-tests/test-results',
      'src/api/generated'
    ]
  },
  js.configs.recommended,
  tseslint.configs.strict,
  { plugins: { jupyter } },
  jupyter.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      globals: { ...globals.browser, ...globals.es2021 },
      parserOptions: { project: ['tsconfig.test.json', 'ui-tests/tsconfig.json'], sourceType: 'module' }
    },
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'interface', format: ['PascalCase'], custom: { regex: '^I[A-Z]', match: true } }
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      curly: 'error',
      eqeqeq: 'error',
      'prefer-arrow-callback': 'error'
    }
  },
  // Plugins that provide a service need what they provide at once; the grid's modules are only ever loaded lazily.
  {
    files: ['src/*/plugin.ts', 'src/panel/hotspots/{grid,handlers,model,renderers}.ts'],
    rules: { 'jupyter/prefer-lazy-imports': 'off' }
  },
  {
    files: ['**/*.spec.ts', '**/*.spec.tsx', 'src/testing/**', 'ui-tests/**'],
    rules: {
      'jupyter/require-disposable-ownership': 'off',
      'jupyter/require-disposable-transfer': 'off',
      'jupyter/incorrect-translator-usage': 'off',
      'jupyter/no-untranslated-string': 'off'
    }
  },
  { files: ['**/*.mjs'], languageOptions: { globals: { ...globals.node } } },
  prettierRecommended
]);
