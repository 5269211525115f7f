import type { AlertSourceName } from '../../src/domain/alert.ts'
import type { AlertParser } from '../../src/domain/alert-parser.ts'
import { parse as alertmanager } from './alertmanager.ts'
import { parse as generic } from './generic.ts'
import { parse as grafana } from './grafana.ts'

/** The reader of each source's webhook. */
export const alertParsers: Readonly<Record<AlertSourceName, AlertParser>> = { alertmanager, grafana, generic }
