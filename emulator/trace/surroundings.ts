/** What a board has around it beside motion and sound: what its other sensors measure. */
export const SURROUNDINGS = [
  'temperature',
  'humidity',
  'pressure',
  'light',
  'red',
  'green',
  'blue',
  'proximity',
] as const
export type Surrounding = (typeof SURROUNDINGS)[number]

/** Degrees Celsius, percent of relative humidity, hectopascal, lux, percent (0: nothing near, 100: touched). */
export const SURROUNDING_UNITS: Readonly<Record<Surrounding, string>> = {
  temperature: 'c',
  humidity: 'pct',
  pressure: 'hpa',
  light: 'lux',
  red: 'lux',
  green: 'lux',
  blue: 'lux',
  proximity: 'pct',
}

/** In words, for reports. */
export const SURROUNDING_WORDS: Readonly<Record<Surrounding, string>> = {
  temperature: 'C',
  humidity: '% relative humidity',
  pressure: 'hPa',
  light: 'lux',
  red: 'lux',
  green: 'lux',
  blue: 'lux',
  proximity: '% near',
}

/**
 * Where a recording does not say: a room. Assumed, and named in the report when a sensor is asked. Pressure is the standard
 * atmosphere (ISO 2533); the others are what an office has. The colours are a third of the light each.
 */
export const ROOM: Readonly<Record<Surrounding, number>> = {
  temperature: 25,
  humidity: 40,
  pressure: 1013.25,
  light: 300,
  red: 100,
  green: 100,
  blue: 100,
  proximity: 0,
}
