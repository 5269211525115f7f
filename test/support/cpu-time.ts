/** Milliseconds of processor time that `work` takes in this process: unlike the clock's, they don't pass while others run. */
export const cpuMsOf = async (work: () => unknown): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
