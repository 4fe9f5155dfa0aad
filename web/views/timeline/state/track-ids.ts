export const BOARD = 'current/board'
/** Drawn over the board's current, on its axis. */
export const MEASURED = 'current/measured'
export const DIFFERENCE = 'current/difference'
