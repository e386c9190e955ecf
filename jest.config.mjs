// Jest runs what tsc has compiled into build/test: no transform, the same ES modules that are shipped.
const kinds = ['unit', 'conformance', 'netns', 'differential', 'lab', 'sim', 'fuzz'];

export default {
  projects: kinds.map((kind) => ({
    displayName: kind,
    rootDir: import.meta.dirname ?? '.',
    testMatch: [`<rootDir>/build/test/${kind}/**/*.test.js`],
    transform: {},
    testEnvironment: 'node',
    // package.json stands in dist's way otherwise: haste looks at every copy.
    modulePathIgnorePatterns: ['<rootDir>/dist/.*/package.json'],
  })),
};
