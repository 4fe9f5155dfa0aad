import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../errors.ts'
import { parseColumns, parseRate } from './choices.ts'
import type { LogOptions, SensorLog } from './log.ts'
import { loadSensorLog } from '../../src/files/sensor-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'boardless-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, content: string | Uint8Array): string => {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

const motion = { keep: 'motion', needsTime: true } as const

const read = (content: string | Uint8Array, options: Partial<LogOptions> = {}, name = 'log.csv') =>
  loadSensorLog(write(name, content), { ...motion, ...options })

const columns = (text: string) => ({ columns: parseColumns(text) })

/** Rounded to nine places, channel by channel. */
const values = (log: SensorLog): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(
    log.channels.map(({ name, values }) => [name, Array.from(values, (value) => Number(value.toFixed(9)))]),
  )
const times = (log: SensorLog): readonly number[] =>
  Array.from(log.times ?? [], (time) => Number(time.toFixed(9)))
const notes = (log: SensorLog): readonly string[] => log.notes.map(({ message }) => message)

const problem = async (content: string | Uint8Array, options: Partial<LogOptions> = {}, name?: string) => {
  const error: unknown = await read(content, options, name).then(
    () => undefined,
    (caught: unknown) => caught,
  )
  expect(error).toBeInstanceOf(UserError)
  const { message, exitCode } = error as UserError
  expect(exitCode).toBe(2)
  // eslint-disable-next-line no-control-regex
  expect(message).not.toMatch(/[\u0000-\u001f]/)
  return message.replaceAll(`${folder}/`, '')
}

const G = 9.80665

describe('our own columns', () => {
  it('in their units', async () => {
    const log = await read(
      'time_us,ax_ms2,ay_mg,az_g,gx_rads,gy_dps,gz_mdps,mx_gauss,my_ut,mz_mgauss\n' +
        `0,${G},500,1,${Math.PI},2,3000,0.5,50,100\n20000,${-G},0,-1,0,0,0,0,0,0\n`,
    )
    expect(values(log)).toEqual({
      ax: [1, -1],
      ay: [0.5, 0],
      az: [1, -1],
      gx: [180, 0],
      gy: [2, 0],
      gz: [3, 0],
      mx: [0.5, 0],
      my: [0.5, 0],
      mz: [0.1, 0],
    })
    expect(log).toMatchObject({ format: 'CSV', sampleRateHz: 50, ignored: [], notes: [] })
    expect(log.channels.map(({ unit }) => unit)).toEqual([
      ...['g', 'g', 'g', 'dps', 'dps', 'dps', 'gauss', 'gauss', 'gauss'],
    ])
  })

  it('with labels, comments, blank lines, quotes, CRLF and a BOM', async () => {
    const log = await read(
      '\uFEFF# from my watch\r\ntime_s,ax_g,ay_g,az_g,label\r\n\r\n0,1,2,3,"walk, fast"\r\n# pause\r\n1,4,5,6,"say ""hi"""\r\n2,7,8,9,\r\n',
    )
    expect(values(log)).toEqual({ ax: [1, 4, 7], ay: [2, 5, 8], az: [3, 6, 9] })
    expect(log.labels?.names).toEqual(['walk, fast', 'say "hi"'])
    expect(log.labels?.at(2)).toEqual({ kind: 'none' })
  })

  it('leave out what no sensor feels, and name it', async () => {
    const log = await read('time_s,voltage_v,ax_g,ay_g,az_g,note\n0,3,0,0,1,a\n1,3,0,0,1,b\n')
    expect(log.ignored).toEqual(['voltage_v', 'note'])
  })

  it('of surroundings are played beside motion, or alone', async () => {
    const both = await read('time_s,pressure_hpa,ax_g,ay_g,az_g,red_lux\n0,1013,0,0,1,5\n1,1014,0,0,1,6\n')
    expect(both.channels.map(({ name, unit }) => `${name} ${unit}`)).toEqual([
      ...['ax g', 'ay g', 'az g'],
      ...['pressure hpa', 'red lux'],
    ])
    const alone = await read(
      'time_s,temperature_c,humidity_pct,proximity_pct,light_lux\n0,21,40,0,5\n1,-3,41,100,6\n',
    )
    expect(alone.channels.map(({ name, values }) => [name, ...values])).toEqual([
      ['temperature', 21, -3],
      ['humidity', 40, 41],
      ['proximity', 0, 100],
      ['light', 5, 6],
    ])
    await expect(read('time_s,temperature_c,temperature_c\n0,21,40\n')).rejects.toThrow(
      /temperature is there twice/,
    )
  })

  it('of surroundings are chosen by --columns', async () => {
    const log = await read('time_s,t1,t2\n0,21,40\n1,22,41\n', {
      columns: [{ as: 'temperature_c', of: 't2' }],
    })
    expect(log.channels.map(({ name, values }) => [name, ...values])).toEqual([['temperature', 40, 41]])
    expect(log.ignored).toEqual(['t1'])
  })
})

describe('formats of others', () => {
  it('Edge Impulse CSV: milliseconds; the unit shows by gravity', async () => {
    const rows = Array.from({ length: 20 }, (_, n) => `${16 * n},0.1,${n % 2 ? 0.2 : -0.2},9.7`)
    const log = await read(['timestamp,accX,accY,accZ', ...rows, ''].join('\n'))
    expect(log.channels.map(({ values: [first] }) => first)).toEqual([0.1 / G, -0.2 / G, 9.7 / G])
    expect(log.sampleRateHz).toBe(62.5)
    expect(notes(log)).toEqual([
      expect.stringMatching(/^column timestamp does not say its unit: taken as ms, a step of 16 ms; /),
      expect.stringMatching(/^accX, accY, accZ do not say their unit: taken as m\/s2, .* around 9\.70; /),
      expect.stringMatching(/^the same in all rows: accX .*, accZ/),
    ])
  })

  it('Edge Impulse CSV: nothing is taken for granted where gravity does not show', async () => {
    const rows = Array.from({ length: 20 }, (_, n) => `${16 * n},${n % 5},0,${n % 3}`)
    const file = ['timestamp,accX,accY,accZ', ...rows, ''].join('\n')
    expect(await problem(file)).toBe(
      'log.csv: accX, accY, accZ do not say their unit, and do not show it by gravity: found timestamp, accX, accY, accZ ' +
        '(first row: 0, 0, 0, 0); say it, such as --columns ax_g=accX,ay_g=accY,az_g=accZ (or ax_mg, ax_ms2)',
    )
    const log = await read(file, columns('ax_ms2=accX,ay_ms2=accY,az_ms2=accZ'))
    expect(log.channels[0]!.values[4]).toBeCloseTo(4 / G, 12)
  })

  it('Edge Impulse JSON', async () => {
    const json = (payload: object): string =>
      JSON.stringify({ protected: { ver: 'v1', alg: 'none' }, signature: '0', payload })
    const sensors = ['accX', 'accY', 'accZ'].map((name) => ({ name, units: 'm/s2' }))
    const gyro = ['gyrX', 'gyrY', 'gyrZ'].map((name) => ({ name, units: 'rad/s' }))
    const log = await read(
      json({
        interval_ms: 10,
        sensors: [...sensors, ...gyro, { name: 'temp', units: 'C' }],
        values: [
          [G, 0, -G, Math.PI, 0, 0, 20],
          [0, G, 0, 0, 0, 0, 20],
        ],
      }),
      {},
      'idle.json',
    )
    expect(log).toMatchObject({ format: 'Edge Impulse JSON', sampleRateHz: 100, ignored: ['temp (C)'] })
    expect(values(log)).toMatchObject({ ax: [1, 0], ay: [0, 1], az: [-1, 0], gx: [180, 0] })
    expect(times(log)).toEqual([0, 0.01])
    expect(await problem(json({ interval_ms: 0, sensors, values: [] }))).toMatch(
      /interval_ms is 0; wanted milli/,
    )
    expect(await problem(json({ interval_ms: 10, sensors, values: [[1, 2]] }))).toMatch(
      /payload\.values\[0\] has 2 values where there are 3 sensors/,
    )
    expect(await problem(json({ interval_ms: 10, sensors, values: [[1, 2, null]] }))).toMatch(
      /null is not a number/,
    )
    expect(await problem('[{"sensor":"Accelerometer"}]')).toMatch(/found a list; wanted payload\.sensors/)
    expect(await problem('{"a":1')).toMatch(/not JSON/)
  })

  it('the Arduino serial plotter: labels, tabs, log lines, a cut row', async () => {
    const log = await read(
      'Started\nIMU ok: yes\nax:0.1,ay:-0.2,az:0.98\nax:0.2,ay:-0.1,az:1.0\nWiFi: lost\nay:0,ax:0.3,az:1\nax:0.1,ay:0\n',
      { ...columns('ax_g=ax,ay_g=ay,az_g=az'), rateHz: parseRate('50Hz') },
    )
    expect(values(log)).toEqual({ ax: [0.1, 0.2, 0.3], ay: [-0.2, -0.1, 0], az: [0.98, 1, 1] })
    expect(log).toMatchObject({ format: 'serial plotter', sampleRateHz: 50 })
    expect(notes(log)).toEqual([
      '3 lines that are no row, first at line 1: left out',
      '1 row that is not whole, first at line 7: left out',
    ])
    const tabbed = await read('ax_g\tay_g\taz_g\n0\t0\t1\nrange changed\n0\t0.5\t1\n', { rateHz: 10 })
    expect(values(tabbed)).toMatchObject({ ay: [0, 0.5] })
    expect(tabbed.notes).toEqual([
      { message: '1 line that is no row, first at line 3: left out', count: 1, line: 3 },
    ])
  })

  it('no header at all: --columns says which are which', async () => {
    const file = '0.1\t0.2\t1.0\n0.2\t0.3\t1.0\n'
    expect(await problem(file, { rateHz: 100 })).toBe(
      'log.csv: the columns have no names: found 3 columns without a header (first row: 0.1, 0.2, 1.0); ' +
        'say which are which, such as --columns ax_g=col1,ay_g=col2,az_g=col3',
    )
    const log = await read(file, { ...columns('ax_g=col1,ay_g=col2,az_g=col3'), rateHz: 100 })
    expect(values(log)).toEqual({ ax: [0.1, 0.2], ay: [0.2, 0.3], az: [1, 1] })
  })

  it('Sensor Logger: nanoseconds since 1970, z before x, m/s2 and rad/s by the name of the file', async () => {
    const rows = ['1700000000000000000,0.0,9.80665,0,0', '1700000000010000001,0.01,0,9.80665,0', '']
    const text = ['time,seconds_elapsed,z,y,x', ...rows].join('\n')
    const log = await read(text, {}, 'Accelerometer.csv')
    expect(log).toMatchObject({ format: 'Sensor Logger', sampleRateHz: 100, ignored: ['time'] })
    expect(values(log)).toEqual({ ax: [0, 0], ay: [0, 1], az: [1, 0] })
    const gyroscope = await read(text, columns('gx=x,gy=y,gz=z,time=time'), 'Gyroscope.csv')
    expect(gyroscope.channels.find(({ name }) => name === 'gz')?.values[0]).toBeCloseTo(
      (G * 180) / Math.PI,
      9,
    )
    expect(times(gyroscope)).toEqual([0, 0.010000001])
    const byItsName = await read(text, {}, 'Gyroscope.csv')
    expect(byItsName.channels.map(({ name }) => name)).toEqual(['gx', 'gy', 'gz'])
    expect(byItsName.channels[2]?.values[0]).toBeCloseTo((G * 180) / Math.PI, 9)
    expect(await problem(text, {}, 'AccelerometerUncalibrated.csv')).toMatch(
      /z, y, x|x, y, z do not say their unit/,
    )
  })

  it('phyphox: units in the header, and the decimal comma of its other exports', async () => {
    const titles = ['Time (s)', ...['x', 'y', 'z'].map((axis) => `Linear Acceleration ${axis} (m/s^2)`)]
    const header = [...titles, 'Absolute acceleration (m/s^2)'].map((title) => `"${title}"`)
    const rows = [
      ['0.000000000E0', '9.80665E0', '0', '-4.903325', '11'],
      ['1.000000000E-2', '0', '9.80665E0', '0', '11'],
    ]
    const point = await read([header.join(','), ...rows.map((row) => row.join(',')), ''].join('\n'))
    expect(values(point)).toEqual({ ax: [1, 0], ay: [0, 1], az: [-0.5, 0] })
    expect(point).toMatchObject({ sampleRateHz: 100, ignored: ['Absolute acceleration (m/s^2)'] })
    for (const separator of [';', '\t']) {
      const comma = rows.map((row) => row.join(separator).replaceAll('.', ','))
      const log = await read([header.join(separator), ...comma, ''].join('\n'))
      expect(values(log)).toEqual(values(point))
      expect(times(log)).toEqual([0, 0.01])
    }
  })

  it('SensorLog for iOS: date and time, what gravity is in before what it is not', async () => {
    const header =
      'loggingTime(txt),loggingSample(N),accelerometerAccelerationX(G),accelerometerAccelerationY(G),accelerometerAccelerationZ(G),' +
      'motionUserAccelerationX(G),motionUserAccelerationY(G),motionUserAccelerationZ(G),' +
      'motionRotationRateX(rad/s),motionRotationRateY(rad/s),motionRotationRateZ(rad/s)'
    const log = await read(
      `${header}\n2024-05-01 12:00:00.000 +0200,1,0,0,-1,0.5,0,0,${Math.PI},0,0\n2024-05-01 12:00:00.020 +0200,2,0,0,-1,0,0,0,0,0,0\n`,
    )
    expect(values(log)).toMatchObject({ ax: [0, 0], az: [-1, -1], gx: [180, 0] })
    expect(log).toMatchObject({ sampleRateHz: 50 })
    expect(log.ignored).toEqual([
      'loggingSample(N)',
      ...['X', 'Y', 'Z'].map((axis) => `motionUserAcceleration${axis}(G)`),
    ])
  })

  it('Physics Toolbox: gF is in g', async () => {
    const log = await read('time;gFx;gFy;gFz;TgF\n0,004;0,1;0,2;1,0;1,02\n0,014;0,2;0,1;1,0;1,02\n')
    expect(values(log)).toEqual({ ax: [0.1, 0.2], ay: [0.2, 0.1], az: [1, 1] })
    expect(log.sampleRateHz).toBe(100)
    const clock = await read('time,gFx,gFy,gFz,TgF\n12:59:59:990,0,0,1,1\n13:00:00:000,0,0,1,1\n')
    expect(times(clock)).toEqual([0, 0.01])
  })

  it('WISDM: no header, a semicolon behind each row', async () => {
    const log = await read(
      `33,Jogging,49105962326000,${-G},${G},0;\n33,Jogging,49106012326000,0,0,${G};\n33,Walking,49106062326000,0,0,0;\n`,
      {},
      'WISDM_ar_v1.1_raw.txt',
    )
    expect(log).toMatchObject({ format: 'WISDM', sampleRateHz: 20, ignored: ['user'] })
    expect(values(log)).toEqual({ ax: [-1, 0, 0], ay: [1, 0, 0], az: [0, 1, 0] })
    expect(log.labels?.names).toEqual(['Jogging', 'Walking'])
  })

  it('UCI HAR: one axis a file is named for what it is', async () => {
    const row = Array.from({ length: 128 }, (_, n) => ` ${(n / 128).toExponential(7)}`).join('')
    expect(await problem(`${row}\n${row}\n`, {}, 'total_acc_x_train.txt')).toMatch(
      /give the folder "Inertial Signals"/,
    )
  })
})

describe('UCI HAR', () => {
  const set = join(folder, 'UCI HAR Dataset', 'train')
  const signals = join(set, 'Inertial Signals')
  const row = (from: number): string =>
    Array.from({ length: 128 }, (_, n) => ` ${((from + n) / 100).toExponential(7)}`).join('')

  it('is read from its folder: windows one after the other, with activities', async () => {
    mkdirSync(signals, { recursive: true })
    for (const [sensor, scale] of [
      ['total_acc', 1],
      ['body_gyro', 2],
    ] as const)
      for (const [n, axis] of ['x', 'y', 'z'].entries())
        writeFileSync(
          join(signals, `${sensor}_${axis}_train.txt`),
          `${row(scale * n)}\n${row(50 + scale * n)}\n`,
        )
    writeFileSync(join(set, 'y_train.txt'), '5\n1\n')
    writeFileSync(join(set, 'subject_train.txt'), '3\n3\n')
    writeFileSync(join(set, '..', 'activity_labels.txt'), '1 WALKING\n5 STANDING\n')
    for (const place of [signals, set]) {
      const log = await loadSensorLog(place, motion)
      expect(log).toMatchObject({ format: 'UCI HAR', sampleRateHz: 50 })
      expect(log.channels.map(({ name, unit }) => `${name} ${unit}`)).toEqual([
        ...['ax g', 'ay g', 'az g', 'gx dps', 'gy dps', 'gz dps'],
      ])
      expect(log.channels[2]?.values[128]).toBeCloseTo(0.52, 12)
      expect(log.channels[5]?.values[0]).toBeCloseTo((0.04 * 180) / Math.PI, 12)
      expect([127, 128].map((sample) => log.labels?.at(sample))).toMatchObject([
        { label: 'STANDING' },
        { label: 'WALKING' },
      ])
    }
    const asRecorded = await loadSensorLog(set, { ...motion, asRecorded: true })
    expect(asRecorded.channels[5]).toMatchObject({ name: 'gz', unit: '' })
    expect(asRecorded.channels[5]?.values[0]).toBeCloseTo(0.04, 12)
    await expect(loadSensorLog(join(set, '..'), motion)).rejects.toThrow(
      /UCI HAR Dataset: is the dataset UCI HAR, found train; .*give one, such as ".*UCI HAR Dataset\/train"$/,
    )
    await expect(loadSensorLog(set, { ...motion, rateHz: 100 })).rejects.toThrow(
      /--rate is for tables; UCI HAR has its channels, at 50 Hz/,
    )
    writeFileSync(join(set, 'y_train.txt'), '5\n')
    await expect(loadSensorLog(set, motion)).rejects.toThrow(/y_train\.txt: 1 lines for 2 windows/)
    writeFileSync(join(signals, 'body_gyro_z_train.txt'), '1 2 3\n')
    await expect(loadSensorLog(set, motion)).rejects.toThrow(
      /body_gyro_z_train\.txt: line 1: 3 cells, 0 of them no numbers/,
    )
  })
})

describe('time', () => {
  const table = (title: string, at: readonly (string | number)[]) =>
    [`${title},ax_g,ay_g,az_g`, ...at.map((time, n) => `${time},${n},0,1`), ''].join('\n')

  it.each<[string, string, readonly (string | number)[], number]>([
    ['seconds', 'time', [0, 0.02, 0.04], 50],
    ['milliseconds', 't', [5, 25, 45], 50],
    ['microseconds', 'timestamp', [0, 20_000, 40_000], 50],
    ['nanoseconds of uptime', 'timestamp', [49_105_962_326_000, 49_105_982_326_000], 50],
    ['epoch in seconds', 'timestamp', ['1700000000.00', '1700000000.02'], 50],
    ['epoch in ms, one apart', 'timestamp', [1_700_000_000_000, 1_700_000_000_001], 1000],
    ['epoch in us', 'timestamp', [1_700_000_000_000_000, 1_700_000_000_020_000], 50],
    ['millis()', 'millis', [1, 2], 1000],
    ['brackets', 'Time [ms]', [0, 20], 50],
    ['ISO 8601', 'datetime', ['2024-01-01T23:59:59.990Z', '2024-01-02T00:00:00.010Z'], 50],
  ])('%s', async (_, title, at, rate) => {
    expect((await read(table(title, at))).sampleRateHz).toBe(rate)
  })

  it('that cannot be told is asked for', async () => {
    expect(await problem(table('t', [0, 1, 2]))).toBe(
      'log.csv: column t does not say its unit, and does not show it: found t, ax_g, ay_g, az_g (first row: 0, 0, 0, 1); ' +
        'say it, such as --columns time_ms=t, or --rate 100Hz',
    )
    expect(await problem('ax_g,ay_g,az_g\n0,0,1\n')).toMatch(
      /no column time_s, time_ms or time_us: found ax_g/,
    )
    const given = await read(table('t', [0, 1, 2]), columns('time_ms=t'))
    expect(given.sampleRateHz).toBe(1000)
    const rated = await read(table('t', [0, 1, 2]), { rateHz: 25 })
    expect(times(rated)).toEqual([0, 0.04, 0.08])
    expect(rated.ignored).toEqual(['t'])
  })

  it('with gaps, rows twice, rows back and recordings one after the other: noticed, with line and number', async () => {
    const at = [0, 10, 20, 20, 30, 25, 40, 540, 550, 0, 10, 20]
    const log = await read(table('time_ms', at))
    expect(times(log)).toEqual([0, 0.01, 0.02, 0.03, 0.04, 0.54, 0.55, 0.56, 0.57, 0.58])
    expect(values(log)['ax']).toEqual([0, 1, 2, 4, 6, 7, 8, 9, 10, 11])
    expect(log.notes.filter(({ line }) => line > 0)).toEqual([
      {
        message:
          '1 gap in time, first at line 9, the longest of 500 ms at line 9 where a step is 10 ms: the sample before it holds',
        count: 1,
        line: 9,
      },
      { message: '1 row with the time of the row before, first at line 5: left out', count: 1, line: 5 },
      { message: '1 row earlier than the row before, first at line 7: left out', count: 1, line: 7 },
      {
        message: 'time begins anew once, first at line 11: played on, a step of 10 ms later',
        count: 1,
        line: 11,
      },
    ])
  })

  it('keeps the labels of the rows that stay', async () => {
    const log = await read('time_s,ax_g,ay_g,az_g,label\n0,0,0,1,a\n1,0,0,1,a\n1,0,0,1,b\n2,0,0,1,c\n')
    expect([0, 1, 2].map((sample) => log.labels?.at(sample))).toMatchObject([
      { label: 'a' },
      { label: 'a' },
      { label: 'c' },
    ])
  })

  it('that stands still is no time', async () => {
    expect(await problem(table('time_s', [1, 1, 1, 1]))).toMatch(
      /line 3, column time_s: time does not increase; .*--rate/,
    )
    expect(await problem(table('time_s', [0, 1, 1, 1, 1, 1]))).toMatch(
      /4 of 6 rows have the time of the row before/,
    )
    expect(await problem(table('time_s', [0, 1, 1e15]))).toMatch(/line 4, .*longer than four years/)
  })
})

describe('values that look wrong', () => {
  const rows = (values: (n: number) => string, header = 'time_s,ax_g,ay_g,az_g'): string =>
    [header, ...Array.from({ length: 40 }, (_, n) => `${n / 10},${values(n)}`), ''].join('\n')

  it('are played as they are, and noticed', async () => {
    const metres = await read(rows((n) => `0.1,${n % 2},9.8`))
    expect(metres.channels[2]?.values[0]).toBe(9.8)
    expect(notes(metres)).toContainEqual(
      expect.stringMatching(
        /^ax_g, ay_g, az_g: about 9\.8 g at rest, .* looks like m\/s2; .*--columns ax_ms2=ax_g/,
      ),
    )
    const gs = await read(rows((n) => `0,${n % 2 ? 0.1 : 0},1`, 'time_s,ax_ms2,ay_ms2,az_ms2'))
    expect(notes(gs)).toContainEqual(
      expect.stringMatching(/about 0\.1 g at rest, .* looks like g in columns of m\/s2/),
    )
    const fast = await read(rows((n) => `${n},100,0`, 'time_s,gx_rads,gy_rads,gz_rads'))
    expect(notes(fast)).toContainEqual(
      expect.stringMatching(/beyond 4000 dps.*degrees a second in columns of rad\/s/),
    )
    expect(notes(fast)).toContainEqual('the same in all rows: gy_rads (5730 dps), gz_rads (0 dps)')
    expect(notes(await read(rows((n) => `${n % 7},${n % 5},${n % 3}`)))).toEqual([])
  })
})

describe('what is no recording', () => {
  const HEADER = 'time_ms,ax_g,ay_g,az_g'
  it.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /^log\.csv: is empty: give a recording/],
    ['blank lines', '\n\n  \n', /is empty/],
    [
      'a header alone',
      HEADER,
      /no samples: no line has numbers .*; found "time_ms,ax_g,ay_g,az_g"; .*time_s,ax_g/,
    ],
    ['words', 'hello\nworld\n', /no line has numbers in columns; found "hello"/],
    [
      'an axis missing',
      'time_s,ax_g,az_g\n0,1,2\n',
      /no column ay_g: found time_s, ax_g, az_g \(first row: 0, 1, 2\); /,
    ],
    [
      'a unit nobody knows',
      'time_s,ax_ft,ay_ft,az_ft\n0,1,2,3\n',
      /ax_ft, ay_ft, az_ft do not say their unit/,
    ],
    [
      'a unit nobody knows, that never ends',
      `time_s,ax_g,ay_${'f'.repeat(5000)},az_g\n0,1,2,3\n`,
      /^(?=.{1,400}$)/,
    ],
    [
      'a unit missing',
      'time_s,ax_g,ay,az_g\n0,1,2,3\n',
      /unit of "ay" is not known: .*use ay_g or ay_mg or ay_ms2/,
    ],
    [
      'other sensors',
      'time_s,pressure_pa\n0,1\n',
      /no column of acceleration or rotation: found time_s, pressure_pa/,
    ],
    ['a channel twice', 'time_s,ax_g,ax_ms2,ay_g,az_g\n0,1,1,1,1\n', /"ax_ms2": ax is there twice/],
    ['a ragged row', `${HEADER}\n0,1,2,3\n1,1,2\n`, /line 3: 3 cells where the header has 4/],
    ['a longer row', `${HEADER}\n0,1,2,3\n1,1,2,3,4\n`, /line 3: 5 cells where the header has 4/],
    ['a word', `${HEADER}\n0,1,2,3\n1,1,x,3\n`, /line 3, column ay_g: "x" is not a number/],
    ['NaN', `${HEADER}\n0,1,2,3\n1,1,NaN,3\n`, /line 3, column ay_g: "NaN" is not a number/],
    [
      'NaN from the first',
      `${HEADER}\n0,NaN,NaN,NaN\n1,NaN,NaN,NaN\n`,
      /line 2, column ax_g: "NaN" is not a number/,
    ],
    ['infinity', `${HEADER}\n0,1,2,3\n1,1e999,2,3\n`, /line 3, column ax_g: "1e999" is not a number/],
    ['a missing cell', `${HEADER}\n0,1,2,3\n1,1,,3\n`, /line 3, column ay_g: the cell is empty/],
    ['a time missing', `${HEADER}\n0,1,2,3\n,1,2,3\n`, /line 3, column time_ms: the cell is empty/],
    ['a quote without end', `${HEADER}\n0,1,2,3\n1,"1,2,3\n2,1,2,3\n`, /line 3: Quote Not Closed/],
    ['NUL', `${HEADER}\n0,1,2,3\n1,1,\0,3\n`, /byte 35 is 0: not text/],
    ['a line of 10 MB', `${HEADER}\n0,1,2,3\n${'1'.repeat(10_000_000)}\n`, /line 3 is longer than 1 MB/],
    ['10 MB without an end of line', '1'.repeat(10_000_000), /line 1 is longer than 1 MB/],
    [
      'UTF-16 with a mark',
      Buffer.from(`\uFEFF${HEADER}\n0,1,2,3\n`, 'utf16le'),
      /UTF-16; save it as UTF-8, or: iconv/,
    ],
    [
      'UTF-16 without',
      Buffer.from(`${HEADER}\n0,1,2,3\n`, 'utf16le'),
      /looks like text in UTF-16; .*UTF-16LE/,
    ],
    ['a spreadsheet', Buffer.from('PK\u0003\u0004rest'), /is a ZIP archive or a spreadsheet; unpack it/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), /gunzip it first/],
    ['terminal escapes', `${HEADER}\n0,1,2,3\n1,\u001b[31m,2,3\n`, /"\?\[31m" is not a number/],
  ])('%s', async (_, content, message) => {
    expect(await problem(content)).toMatch(message)
  })

  it('a file that is not there, or a folder', async () => {
    await expect(loadSensorLog(join(folder, 'none.csv'), motion)).rejects.toThrow(
      /none\.csv: no such file: give/,
    )
    await expect(loadSensorLog(import.meta.dirname, motion)).rejects.toThrow(/is a folder: give/)
  })

  it.each([
    ['ax_g=nothing,ay_g=y,az_g=z', /there is no column "nothing": found time_s, x, y, z/],
    ['ax_ft=x,ay_g=y,az_g=z', /--columns ax_ft=x: unit not known: .*use ax_g, ax_mg, ax_ms2/],
    ['speed=x', /"speed" is none of ax, ay/],
    ['time_h=time_s', /no such unit of time/],
    ['ax_g=x,ay_g=y', /no column az_g/],
  ])('--columns %s', async (choice, message) => {
    expect(await problem('time_s,x,y,z\n0,1,2,3\n', columns(choice))).toMatch(message)
  })

  it('choices that are none', () => {
    expect(parseColumns('ax_g')).toBeUndefined()
    expect(parseColumns('ax_g=a,ax_g=b')).toBeUndefined()
    expect(parseColumns('=a')).toBeUndefined()
    expect([
      parseRate('100Hz'),
      parseRate('12.5'),
      parseRate('0'),
      parseRate('fast'),
      parseRate('-1'),
    ]).toEqual([...[100, 12.5, undefined, undefined, undefined]])
  })
})

describe('every column of numbers', () => {
  it('as the lab takes them', async () => {
    const options = { keep: 'all', needsTime: false } as const
    const log = await read('timestamp,emg_mv,note,ax_mg\n0,1,x,2\n1,1,y,2\n', options)
    expect(log.channels.map(({ name, unit }) => [name, unit])).toEqual([
      ['emg_mv', ''],
      ['ax', 'g'],
    ])
    expect(log).toMatchObject({ sampleRateHz: null, ignored: ['timestamp', 'note'] })
    const ordered = await read('gz_rads,time_ms,az_g,ay_ms2,ax_ms2\n1,0,1,1,1\n1,20,1,1,1\n', options)
    expect(ordered.channels.map(({ name }) => name)).toEqual(['ax', 'ay', 'az', 'gz'])
    const recorded = await read('gz_rads,time_ms,az_g\n1,0,1\n1,20,1\n', { ...options, asRecorded: true })
    expect(recorded.channels.map(({ name }) => name)).toEqual(['gz_rads', 'az_g'])
    const named = await read('a;b;c\n1;2;3\n', { ...options, ...columns('emg=b,ax_g=c') })
    expect(named.channels.map(({ name, unit }) => [name, unit])).toEqual([
      ['emg', ''],
      ['ax', 'g'],
    ])
  })
})
