import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/**
 * What was answered last; asked again whenever `inputs` change, and what was asked before is not waited for then.
 * undefined until something is known.
 * @param ask undefined where there is nothing to ask
 */
export function useAnswer<Answer>(
  ask: () => Promise<Answer> | undefined,
  failed: (why: string) => Answer,
  inputs: readonly unknown[],
): Answer | undefined {
  const answer = useSignal<Answer | undefined>(undefined)
  useEffect(() => {
    let isWanted = true
    const take = (found: Answer): void => {
      if (isWanted) answer.value = found
    }
    ask()?.then(take, (cause: unknown) => {
      take(failed(cause instanceof Error ? cause.message : String(cause)))
    })
    return () => {
      isWanted = false
    }
  }, inputs)
  return answer.value
}
