export * from '../domain/card.ts'
