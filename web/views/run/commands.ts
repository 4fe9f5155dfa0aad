import type { Command } from '../../state/commands.ts'
import type { Desk } from './desk.ts'

export function commandsOf(desk: Desk): readonly Command[] {
  const command = (id: string, title: string, keys: string | undefined, run: () => void): Command => ({
    id: `run-${id}`,
    title,
    group: 'Run',
    ...(keys !== undefined && { keys }),
    run,
  })
  return [
    command('go', 'Run or pause', 'Space', () => {
      desk.toggle()
    }),
    command('instruction', 'Step an instruction', '.', () => {
      desk.step('instruction')
    }),
    command('line', 'Step a source line', 'l', () => {
      desk.step('line')
    }),
    command('inference', 'Step an inference', 'i', () => {
      desk.step('inference')
    }),
    command('back', 'Back to before the last step or run', 'b', () => {
      desk.undo()
    }),
    command('instruction-back', 'Back an instruction', ',', () => {
      desk.back('instruction')
    }),
    command('line-back', 'Back to where a source line begins', 'Shift+Left', () => {
      desk.back('line')
    }),
    command('inference-back', 'Back an inference', 'Shift+Up', () => {
      desk.back('inference')
    }),
    command('present', 'To the present', 'End', () => {
      desk.lookAt(Infinity)
    }),
    command('reset', 'Reset', 'r', () => {
      desk.reset()
    }),
    command('pace', 'Real time, or as fast as it goes', 'p', () => {
      desk.setPace(desk.pace.value === 'fast' ? 'real-time' : 'fast')
    }),
    command('save', 'Save the run as .boardless', 's', () => {
      desk.save()
    }),
    command('save-report', 'Save the report as JSON', undefined, () => {
      desk.saveReport()
    }),
    command('save-console', 'Save the console as text', undefined, () => {
      desk.saveConsole()
    }),
  ]
}
