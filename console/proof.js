import { post, problemOf } from './api.js'
import { confirm } from './dialog.js'
import { h } from './dom.js'
import { download } from './download.js'
import { announce } from './parts.js'

/** A button that takes the proof of what was done as a file, and says in one sentence what it proves. */
export const proofButton = (about) =>
  h('button.button.small', { type: 'button', onclick: () => takeProof(about) }, 'Take the proof')

const takeProof = (about) =>
  post('/v1/audit/proofs', { about }).then(
    (proof) => {
      download(proof.fileName, proof.file, 'application/json')
      announce(`${proof.fileName}: ${proof.sentence}`)
    },
    (error) => {
      const problem = problemOf(error)
      announce(`${problem.title}. ${problem.detail}`)
      void confirm({
        title: problem.title,
        text: [problem.detail, problem.remedy].filter(Boolean).join(' '),
        style: 'plain',
      })
    },
  )
