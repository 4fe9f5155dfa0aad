/** An effect runs again when a signal changes whose value it has read: here it reads them for that alone. */
export const dependOn = (...values: readonly unknown[]): number => values.length
