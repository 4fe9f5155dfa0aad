/** Version of this package, as in package.json; written here because a page has no files to read it from. */
export const TOOL_VERSION = '0.1.0'
