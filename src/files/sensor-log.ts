import type { LogOptions, SensorLog } from '../../runs/sensor-log/log.ts'
import { GIVE, readSensorLog } from '../../runs/sensor-log/sensor-log.ts'
import { withFile } from './file-source.ts'
import { findUciHar, readUciHar } from './uci-har.ts'

/** A recording: a file, or a folder of UCI HAR. @throws UserError as `readSensorLog`, or for a file that cannot be read */
export async function loadSensorLog(file: string, options: LogOptions): Promise<SensorLog> {
  const place = await findUciHar(file)
  if (place !== undefined) return (await readUciHar(place, options)).log
  return withFile(file, GIVE, (source) => readSensorLog(source, options))
}
