import { fitDefaults } from '../../model/fit.ts'
import { epochsOf, subjectName, type Candidate } from './subject.ts'
import { listed } from './words.ts'

/** How long the networks were trained, where not all alike. */
export function trainingNote(candidates: readonly Candidate[]): string {
  const longer = candidates.flatMap(({ subject }) => {
    if (subject.kind === 'given') return []
    const epochs = epochsOf[subject.architecture]
    return epochs === undefined ? [] : [`${subjectName(subject)} for ${epochs}`]
  })
  const others = longer.length === 0 ? '' : `, ${listed(longer)}: the smaller the slower it learns`
  return `Trained for ${fitDefaults.epochs} epochs${others}.`
}
