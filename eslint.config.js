import eslint from '@eslint/js'
import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  {
    ignores: [
      'dist',
      'docs',
      'node_modules',
      '.boardless',
      '**/*.config.*',
      '!**/boardless.config.ts',
      'setup.mjs',
      '.dependency-cruiser.cjs',
    ],
  },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  // Projects of their own, whose packages are not installed here; and what runs on GitHub's machines as it is.
  { ...tseslint.configs.disableTypeChecked, files: ['examples/**', '.github/**'] },
  {
    files: ['.github/**'],
    languageOptions: {
      globals: { console: 'readonly', fetch: 'readonly', process: 'readonly', URL: 'readonly' },
    },
  },
  {
    files: ['**/*.test.ts', 'bench/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['emulator/**/*.ts', 'runs/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-globals': ['error', 'process', 'console', 'Buffer', 'window', 'document'] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['**/*.test.ts', 'src/cli/**', 'src/model/data/basic-motions.ts'], // the last is a program of its own
    rules: {
      'no-restricted-globals': ['error', 'console'],
      'no-restricted-properties': [
        'error',
        ...['stdout', 'stderr', 'exit', 'exitCode', 'argv'].map((property) => ({
          object: 'process',
          property,
        })),
      ],
    },
  },
  prettier,
)
