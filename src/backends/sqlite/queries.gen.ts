/** Generated from queries/*.sql by `npm run sql`: edit those files instead. */
export const queries = Object.freeze({
  aheadAny: `SELECT 1 FROM millrace_waiting WHERE state = 1 AND due_at > ?
UNION ALL
SELECT 1 FROM millrace_lease AS l CROSS JOIN millrace_job AS j ON j.seq = l.seq WHERE j.due_at > ?
LIMIT 1`,
  aheadLease: `INSERT INTO millrace_lease (seq, attempt, token, lost, worker, started_at, error)
SELECT seq, attempt + 1, ?, lost, ?, ?, error FROM millrace_waiting
WHERE queue = ? AND rank = ? AND due_at = ? AND seq = ?`,
  aheadSelect: `SELECT w.seq, j.id, j.task, w.state, j.payload, j.version, w.attempt, j.max_attempts, j.created_at, w.due_at,
  j.expires_at, j.options, w.lost, w.rank
FROM millrace_waiting AS w CROSS JOIN millrace_job AS j ON j.seq = w.seq
WHERE w.queue = ? AND w.due_at > ? AND w.state = 1
ORDER BY w.rank, w.due_at, w.seq LIMIT ?`,
  attemptAdd: `INSERT INTO millrace_attempt (seq, token, attempt, outcome, worker, started_at, finished_at, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  attemptsOf: `SELECT attempt, outcome, worker, started_at, finished_at, error FROM millrace_attempt WHERE seq = ? ORDER BY token`,
  checkpointDelete: `DELETE FROM millrace_checkpoint WHERE seq = ? AND key = ? AND done = 0`,
  checkpointGet: `SELECT done, value FROM millrace_checkpoint WHERE seq = ? AND key = ?`,
  checkpointPut: `INSERT INTO millrace_checkpoint (seq, key, done, value) VALUES (?, ?, ?, ?)
ON CONFLICT (seq, key) DO UPDATE SET done = excluded.done, value = excluded.value`,
  checkpointsOf: `SELECT key, done, value FROM millrace_checkpoint WHERE seq = ?`,
  claimLease: `INSERT INTO millrace_lease (seq, attempt, token, lost, worker, started_at, error)
SELECT seq, attempt + 1, ?, lost, ?, ?, error FROM millrace_waiting
WHERE queue = ? AND rank = ? AND (due_at, seq) <= (?, ?)`,
  claimLeave: `DELETE FROM millrace_waiting WHERE queue = ? AND rank = ? AND (due_at, seq) <= (?, ?)`,
  claimPeek: `SELECT rank, due_at FROM millrace_waiting WHERE queue = ? AND rank > ? ORDER BY rank, due_at LIMIT 1`,
  claimSelect: `SELECT w.seq, j.id, j.task, w.state, j.payload, j.version, w.attempt, j.max_attempts, j.created_at, w.due_at,
  j.expires_at, j.options, w.lost
FROM millrace_waiting AS w CROSS JOIN millrace_job AS j ON j.seq = w.seq
WHERE w.queue = ? AND w.rank = ? AND w.due_at <= ?
ORDER BY w.due_at, w.seq LIMIT ?`,
  commandAdd: `INSERT INTO millrace_command (worker, command) VALUES (?, ?)`,
  commandsDelete: `DELETE FROM millrace_command WHERE worker = ? AND n <= ?`,
  commandsForget: `DELETE FROM millrace_command WHERE worker NOT IN (SELECT id FROM millrace_worker)`,
  commandsOf: `SELECT n, command FROM millrace_command WHERE worker = ? ORDER BY n`,
  countAdd: `INSERT INTO millrace_count (queue, state, n, entered) VALUES (?, ?, ?, ?)
ON CONFLICT (queue, state) DO UPDATE SET n = n + excluded.n, entered = entered + excluded.entered`,
  counts: `SELECT queue, state, n FROM millrace_count WHERE n <> 0 ORDER BY queue, state`,
  dueSet: `UPDATE millrace_job SET due_at = ? WHERE seq = ?`,
  entered: `SELECT queue, state, entered FROM millrace_count ORDER BY queue, state`,
  expiryLift: `UPDATE millrace_job SET expires_at = NULL WHERE seq = ? AND expires_at <= ?`,
  finishedAdd: `INSERT INTO millrace_finished (seq, state, attempt, token, lost, worker, started_at, finished_at, result, reason, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  finishedDelete: `DELETE FROM millrace_finished WHERE seq = ?`,
  finishedState: `SELECT state, finished_at FROM millrace_finished WHERE seq = ?`,
  firingAdd: `INSERT INTO millrace_firing (schedule, due_at, at, outcome, manual, count, job_id) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  firingDelete: `DELETE FROM millrace_firing WHERE schedule = ?`,
  firingList: `SELECT n, due_at, at, outcome, manual, count, job_id FROM millrace_firing
WHERE schedule = ? AND n < ? ORDER BY n DESC LIMIT ?`,
  firingTrim: `DELETE FROM millrace_firing WHERE schedule = ? AND n <= (
  SELECT n FROM millrace_firing WHERE schedule = ? ORDER BY n DESC LIMIT 1 OFFSET ?)`,
  heldAdd: `INSERT INTO millrace_held (seq, attempt, token, lost, worker, started_at, error) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  heldDelete: `DELETE FROM millrace_held WHERE seq = ?`,
  idsSince: `SELECT id FROM millrace_job WHERE seq > ?`,
  jobExists: `SELECT seq FROM millrace_job WHERE id = ?`,
  jobGet: `SELECT * FROM millrace_record WHERE id = ?`,
  jobReplace: `UPDATE millrace_job SET queue = ?, priority = ?, due_at = ?, payload = ?, version = ?, max_attempts = ?, expires_at = ?,
  options = ?
WHERE seq = ?`,
  jobRestore: `INSERT INTO millrace_job (id, task, queue, priority, due_at, created_at, version, max_attempts, payload, expires_at, options)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  lastSeq: `SELECT seq FROM sqlite_sequence WHERE name = 'millrace_job'`,
  leaseBegin: `UPDATE millrace_lease SET begun = 1 WHERE seq = ? AND token = ?`,
  leaseDelete: `DELETE FROM millrace_lease WHERE seq = ?`,
  leaseGet: `SELECT l.seq, j.queue, j.priority, j.due_at, 4 AS state, l.attempt, l.token, l.lost, l.worker, l.started_at, NULL AS finished_at, l.error
FROM millrace_lease AS l JOIN millrace_job AS j ON j.seq = l.seq WHERE l.seq = ? AND l.token = ?`,
  leasesCareful: `UPDATE millrace_lease SET begun = 0 WHERE seq IN (SELECT value FROM json_each(?))`,
  leasesOf: `SELECT l.seq, j.queue, j.priority, j.due_at, 4 AS state, l.attempt, l.token, l.lost, l.worker, l.started_at, NULL AS finished_at, l.error, j.id
FROM millrace_lease AS l JOIN millrace_job AS j ON j.seq = l.seq WHERE l.worker = ?`,
  leasesShorten: `UPDATE millrace_worker SET lease_until = ? + lease_ms WHERE lease_until > ? + lease_ms`,
  logAdd: `INSERT INTO millrace_log (seq, attempt, at, level, message, fields) VALUES (?, ?, ?, ?, ?, ?)`,
  logsOf: `SELECT at, level, message, fields, attempt FROM millrace_log
WHERE seq = (SELECT seq FROM millrace_job WHERE id = ?) ORDER BY line DESC LIMIT ?`,
  pauseAdd: `INSERT OR IGNORE INTO millrace_paused (queue) VALUES (?)`,
  pauseDelete: `DELETE FROM millrace_paused WHERE queue = ?`,
  pausedQueues: `SELECT queue FROM millrace_paused ORDER BY queue`,
  progressDelete: `DELETE FROM millrace_progress WHERE seq = ?`,
  progressPut: `INSERT INTO millrace_progress (seq, token, progress) VALUES (?, ?, ?)
ON CONFLICT (seq) DO UPDATE SET token = excluded.token, progress = excluded.progress`,
  pruneOthers: `SELECT f.seq, j.queue, f.finished_at FROM millrace_finished AS f INDEXED BY millrace_finished_badly CROSS JOIN millrace_job AS j ON j.seq = f.seq
WHERE f.state > 5 AND f.state = ? AND f.seq > ? ORDER BY f.seq LIMIT ?`,
  pruneSucceeded: `SELECT f.seq, j.queue, f.finished_at FROM millrace_finished AS f CROSS JOIN millrace_job AS j ON j.seq = f.seq
WHERE f.state = 5 AND f.seq > ? ORDER BY f.seq LIMIT ?`,
  removeAttempts: `DELETE FROM millrace_attempt WHERE seq IN (SELECT value FROM json_each(?))`,
  removeCheckpoints: `DELETE FROM millrace_checkpoint WHERE seq IN (SELECT value FROM json_each(?))`,
  removeFinished: `DELETE FROM millrace_finished WHERE seq IN (SELECT value FROM json_each(?))`,
  removeJobs: `DELETE FROM millrace_job WHERE seq IN (SELECT value FROM json_each(?))`,
  removeLogs: `DELETE FROM millrace_log WHERE seq IN (SELECT value FROM json_each(?))`,
  removeProgress: `DELETE FROM millrace_progress WHERE seq IN (SELECT value FROM json_each(?))`,
  removeTags: `DELETE FROM millrace_tag WHERE seq IN (SELECT value FROM json_each(?))`,
  removeUniques: `DELETE FROM millrace_unique WHERE seq IN (SELECT value FROM json_each(?))`,
  rescueJobs: `SELECT l.seq, j.id, j.task, j.queue, j.priority, j.due_at, j.max_attempts, 4 AS state, l.attempt, l.token, l.lost, l.worker, l.started_at, NULL AS finished_at,
  l.error, l.begun
FROM millrace_lease AS l JOIN millrace_job AS j ON j.seq = l.seq WHERE l.worker = ? LIMIT ?`,
  rescueWorkers: `SELECT held.worker AS id, w.lease_until, w.lease_ms, w.beats, w.suspected_at
FROM (SELECT DISTINCT worker FROM millrace_lease) AS held LEFT JOIN millrace_worker AS w ON w.id = held.worker`,
  revisionNext: `UPDATE millrace_revision SET latest = latest + 1 RETURNING latest`,
  scheduleAdd: `INSERT INTO millrace_schedule (name, revision, paused, next_at, held_at, body) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (name) DO NOTHING`,
  scheduleDelete: `DELETE FROM millrace_schedule WHERE name = ?`,
  scheduleDue: `SELECT revision, body FROM millrace_schedule
WHERE paused = 0 AND next_at IS NOT NULL AND next_at <= ? ORDER BY next_at LIMIT ?`,
  scheduleGet: `SELECT revision, body FROM millrace_schedule WHERE name = ?`,
  scheduleHeld: `SELECT revision, body FROM millrace_schedule
WHERE paused = 0 AND held_at IS NOT NULL ORDER BY held_at LIMIT ?`,
  scheduleList: `SELECT revision, body FROM millrace_schedule WHERE name > ? ORDER BY name LIMIT ?`,
  scheduleNext: `SELECT min(next_at) AS next FROM millrace_schedule WHERE paused = 0 AND next_at IS NOT NULL AND next_at > ?`,
  scheduleSet: `UPDATE millrace_schedule SET revision = ?, paused = ?, next_at = ?, held_at = ?, body = ?
WHERE name = ? AND revision = ?`,
  stand: `SELECT seq, queue, priority, due_at, state, attempt, token, lost, worker, started_at, finished_at, error FROM millrace_record WHERE id = ?`,
  stateTotal: `SELECT coalesce(sum(n), 0) AS n FROM millrace_count WHERE state = ?`,
  tagAdd: `INSERT OR IGNORE INTO millrace_tag (tag, seq) SELECT ?, seq FROM millrace_job WHERE id = ?`,
  tagsDelete: `DELETE FROM millrace_tag WHERE seq = ?`,
  tokenGet: `SELECT latest FROM millrace_token`,
  tokenNext: `UPDATE millrace_token SET latest = latest + 1`,
  uniqueDelete: `DELETE FROM millrace_unique WHERE key = ?`,
  uniqueHolder: `SELECT r.id, r.seq, r.queue, r.priority, r.due_at, r.state, r.attempt, r.token, r.lost, r.worker, r.started_at, r.finished_at, r.error, r.expires_at
FROM millrace_unique AS u CROSS JOIN millrace_record AS r ON r.seq = u.seq
WHERE u.key = ? AND (u.until > ? OR ((u.states >> r.state) & 1 AND NOT (r.state <= 2 AND coalesce(r.expires_at <= ?, 0))))`,
  uniqueOf: `SELECT key, until, states FROM millrace_unique WHERE seq = ?`,
  uniquePut: `INSERT INTO millrace_unique (key, until, states, seq) SELECT ?, ?, ?, seq FROM millrace_job WHERE id = ?
ON CONFLICT (key) DO UPDATE SET seq = excluded.seq, until = excluded.until, states = excluded.states`,
  waitingAddNew: `INSERT INTO millrace_waiting (queue, rank, due_at, seq, state, attempt, token, lost)
SELECT queue, -priority, due_at, seq, due_at <= ?, 0, 0, 0 FROM millrace_job WHERE seq > ?`,
  waitingAdd: `INSERT INTO millrace_waiting (queue, rank, due_at, seq, state, attempt, token, lost, worker, started_at, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  waitingDelete: `DELETE FROM millrace_waiting WHERE queue = ? AND rank = ? AND due_at = ? AND seq = ?`,
  waitingLane: `SELECT queue, rank, due_at FROM millrace_waiting WHERE (queue, rank) > (?, ?) ORDER BY queue, rank, due_at LIMIT 1`,
  workerBeat: `INSERT INTO millrace_worker (id, lease_until, lease_ms, beats, suspected_at, seen_at, info) VALUES (?, ?, ?, 1, NULL, ?, ?)
ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until, lease_ms = excluded.lease_ms, beats = beats + 1,
  suspected_at = NULL, seen_at = excluded.seen_at, info = excluded.info`,
  workerDelete: `DELETE FROM millrace_worker WHERE id = ?`,
  workerLease: `SELECT lease_until, seen_at FROM millrace_worker WHERE id = ?`,
  workerSuspect: `UPDATE millrace_worker SET suspected_at = beats WHERE id = ?`,
  workersAll: `SELECT lease_until, seen_at, info FROM millrace_worker ORDER BY id`,
  workersForget: `DELETE FROM millrace_worker WHERE lease_until + 86400000 < ? AND id NOT IN (SELECT worker FROM millrace_lease)`,
} as const)
