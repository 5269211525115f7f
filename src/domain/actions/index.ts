import type { Action, ActionCatalogue } from '../action.ts'
import { check } from './check.ts'
import { cordonNode } from './cordon-node.ts'
import { flushCircuits } from './flush-circuits.ts'
import { restartService } from './restart-service.ts'
import { rollBackDeploy } from './roll-back-deploy.ts'
import { scaleInstances } from './scale-instances.ts'
import { setFeatureFlag } from './set-feature-flag.ts'
import { setLogLevel } from './set-log-level.ts'
import { uncordonNode } from './uncordon-node.ts'
import { wait } from './wait.ts'
import { warmCache } from './warm-cache.ts'

const all: readonly Action[] = [
  restartService,
  scaleInstances,
  rollBackDeploy,
  cordonNode,
  uncordonNode,
  setFeatureFlag,
  setLogLevel,
  warmCache,
  flushCircuits,
  wait,
  check,
]

/** Everything Suture can do, by name. What is not here can't be proposed, and no playbook can name it. */
export const actionCatalogue: ActionCatalogue = Object.fromEntries(all.map((action) => [action.name, action]))
