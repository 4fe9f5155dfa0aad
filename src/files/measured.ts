import './host.ts'
import type { MeasuredCurrent, MeasuredOptions } from '../../runs/import/measured-current.ts'
import { GIVE } from '../../runs/import/measured-current.ts'
import { readMeasuredCurrent } from '../../runs/import/read-measured.ts'
import { withFile } from './file-source.ts'

/** A `.ppk2` or CSV. @throws UserError */
export const loadMeasured = (file: string, options: MeasuredOptions): Promise<MeasuredCurrent> =>
  withFile(file, `give ${GIVE}`, (source) => readMeasuredCurrent(source, options))
