import { sql } from 'kysely'

/** What lists tell of a plan without reading all of it, where `run` and `proposal` are joined. */

/** As `stagesOf` counts them. */
export const stagesInPlan = sql<number>`1 + jsonb_array_length(jsonb_path_query_array(proposal.body, '$.plan[*].gate'))`

/** As `gateBefore` finds it; null for a first stage. A negative place would count from the end. */
export const gateOfRun = sql<string | null>`case when run.stage > 0
  then jsonb_path_query_array(proposal.body, '$.plan[*].gate.title') ->> (run.stage - 1) end`
