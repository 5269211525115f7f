/** A press is stored after what it asks for was begun, by what a platform waits and a busy machine adds to it. */
export const storedWithinMs = 60_000
