/** Another writer inserted the same row between our look and our write; the batch is tried again from the start. */
export class RaceLost extends Error {}
