import type { Rule, RuleGroup } from '../rule.ts'
import { arrivals } from './arrivals.ts'
import { branches, loops } from './branches.ts'
import { bridges, flashBusy, slaves } from './chip.ts'
import { cache, places, prefetch } from './fetch.ts'
import { arithmetic, transfers } from './floating-point.ts'
import { integer } from './integer.ts'
import { multiples, pairs } from './memory.ts'
import { publishedLoops } from './published-loops.ts'
import { controls, exceptions, system } from './system.ts'

/** Everything that is known, in the order in which it is shown. */
export const ruleGroups: readonly RuleGroup[] = [
  publishedLoops,
  integer,
  pairs,
  multiples,
  branches,
  loops,
  prefetch,
  places,
  cache,
  arithmetic,
  transfers,
  system,
  exceptions,
  arrivals,
  controls,
  slaves,
  flashBusy,
  bridges,
]

export const rules: readonly Rule[] = ruleGroups.flatMap((group) => group.rules)
