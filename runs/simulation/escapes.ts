/* eslint-disable no-control-regex -- they are what is looked for */

/** ECMA-48: 5.4 control sequences, 5.6 control strings with their text, 5.3 and ECMA-35 other escape sequences. */
const ESCAPES =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-Z\\^-~]/g

/** Text as a terminal shows it: without what steers it. */
export const withoutEscapes = (text: string): string => text.replace(ESCAPES, '')
