// Writes what `boardless check` said as the one comment of Boardless at a pull request, or edits it. Runs in a workflow
// of its own (workflow_run) with the rights that a pull request of a fork has not; what comes from that is data only.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const MARK = '<!-- boardless check -->'
/** GitHub takes 65 536 characters. */
const LONGEST = 60_000

const { GITHUB_TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_EVENT_PATH } = process.env
const folder = process.argv[2] ?? '.'

async function github(method, path, body) {
  const answer = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/${path}`, {
    method,
    headers: { authorization: `Bearer ${GITHUB_TOKEN}`, accept: 'application/vnd.github+json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: GitHub answers ${answer.status}`)
  return answer.json()
}

/** The pull request whose head was checked: by the event, never by what the artifact says. */
async function pullRequest() {
  const { workflow_run: run } = JSON.parse(readFileSync(GITHUB_EVENT_PATH, 'utf8'))
  const head = encodeURIComponent(`${run.head_repository.owner.login}:${run.head_branch}`)
  const pulls = await github('GET', `pulls?state=open&head=${head}`)
  return pulls.find((one) => one.head.sha === run.head_sha)
}

/** The comment of earlier runs. */
async function earlier(number) {
  for (let page = 1; ; page++) {
    const comments = await github('GET', `issues/${number}/comments?per_page=100&page=${page}`)
    const found = comments.find(({ body, user }) => body.startsWith(MARK) && user.type === 'Bot')
    if (found || comments.length < 100) return found
  }
}

/** Whether there is something to say where nothing was said before: a budget that does not hold, or a figure that moved. */
function hasNews() {
  const { targets } = JSON.parse(readFileSync(join(folder, 'check.json'), 'utf8'))
  const rows = targets.flatMap((one) => one.rows)
  return rows.some(({ outcome, difference }) => outcome !== 'passed' || (difference ?? 0) !== 0)
}

function comment() {
  const text = readFileSync(join(folder, 'comment.md'), 'utf8').replaceAll('@', '&#64;').replaceAll(MARK, '')
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}\n\n(cut here)` : text
  return { body: `${MARK}\n${cut}` }
}

try {
  const pull = await pullRequest()
  if (!pull) console.log('the pull request has moved on, or is closed: no comment')
  else {
    const before = await earlier(pull.number)
    if (before) await github('PATCH', `issues/comments/${before.id}`, comment())
    else if (hasNews()) await github('POST', `issues/${pull.number}/comments`, comment())
    else console.log('nothing moved: no comment')
  }
} catch (error) {
  console.error(`boardless comment: ${error.message}`)
  process.exitCode = 1
}
