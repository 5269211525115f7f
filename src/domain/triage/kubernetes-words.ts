import { minutesInWords } from './changes.ts'
import type { Workload } from './facts.ts'

/** What the cluster says, as sentences for a person. */

/** `All 3 pods of checkout are ready.` */
export const describeReady = ({ subject, desired, ready }: Workload): string => {
  if (desired === 0) return `${subject} is asked to have no pod at all (0 replicas).`
  if (ready !== null && desired !== null && ready < desired)
    return ready === 0
      ? `None of the ${desired} pods that ${subject} should have is ready.`
      : `Only ${ready} of the ${desired} pods that ${subject} should have are ready.`
  return desired === 1
    ? `The only pod of ${subject} is ready.`
    : `All ${desired} pods of ${subject} are ready.`
}

export const describeOutOfMemory = ({ subject }: Workload): string =>
  `A container of ${subject} was last ended for using more memory than it may (OOMKilled).`

export const describeWaiting = ({ subject, waiting, image }: Workload): string => {
  if (waiting === 'CrashLoopBackOff')
    return `A container of ${subject} ends again and again (CrashLoopBackOff).`
  const which = image === null ? '' : `; the image is ${image}`
  return `A container of ${subject} can not be started (${waiting})${which}.`
}

export const describeRollout = ({
  subject,
  image,
  previousImage,
  rolledOutMinutesBefore,
}: Workload): string => {
  const images =
    image === null || previousImage === null
      ? ''
      : ` The image is ${image}, the one before was ${previousImage}.`
  return `The latest rollout of ${subject} came ${minutesInWords(rolledOutMinutesBefore ?? 0)} before it began.${images}`
}
