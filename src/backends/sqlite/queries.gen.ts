/** Generated from queries/*.sql by `npm run sql`: edit those files instead. */
export const queries = Object.freeze({
  attemptAdd: `INSERT OR IGNORE INTO millrace_attempt (outcome, finished_at, error, seq, token, attempt, worker, started_at)
SELECT ?, ?, ?, seq, token, attempt, worker, started_at FROM millrace_job WHERE seq = ? AND token = ? AND state = 4`,
  attemptRestore: `INSERT INTO millrace_attempt (seq, token, attempt, outcome, worker, started_at, finished_at, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  attemptsOf: `SELECT attempt, outcome, worker, started_at, finished_at, error FROM millrace_attempt WHERE seq = ? ORDER BY token`,
  changeCancel: `UPDATE millrace_job SET state = 7, finished_at = ?, reason = ? WHERE seq = ?`,
  changeHold: `UPDATE millrace_job SET state = 3 WHERE seq = ?`,
  changeRequeueFinished: `UPDATE millrace_job SET state = 1, due_at = ?, attempt = 0, lost = 0, finished_at = NULL, result = NULL, reason = NULL,
  error = NULL, progress = NULL
WHERE seq = ?`,
  changeRequeueWaiting: `UPDATE millrace_job SET state = 1, due_at = ? WHERE seq = ?`,
  changeReschedule: `UPDATE millrace_job SET state = ?, due_at = ? WHERE seq = ?`,
  checkpointDelete: `DELETE FROM millrace_checkpoint WHERE seq = ? AND key = ?`,
  checkpointGet: `SELECT done, value FROM millrace_checkpoint WHERE seq = ? AND key = ?`,
  checkpointPut: `INSERT INTO millrace_checkpoint (seq, key, done, value) VALUES (?, ?, ?, ?)
ON CONFLICT (seq, key) DO UPDATE SET done = excluded.done, value = excluded.value`,
  claimPeek: `SELECT priority, due_at FROM millrace_job INDEXED BY millrace_job_waiting
WHERE state <= 2 AND queue = ? AND priority < ?
ORDER BY priority DESC, due_at LIMIT 1`,
  claimSelect: `SELECT seq, id, task, state, payload, version, attempt, max_attempts, token, created_at, due_at, expires_at, options
FROM millrace_job INDEXED BY millrace_job_waiting
WHERE state <= 2 AND queue = ? AND priority = ? AND due_at <= ?
ORDER BY due_at, seq LIMIT ?`,
  claimTake: `UPDATE millrace_job SET state = 4, attempt = attempt + 1, token = token + 1, worker = ?, started_at = ?, progress = NULL
WHERE seq IN (SELECT value FROM json_each(?))`,
  commandAdd: `INSERT INTO millrace_command (worker, command) VALUES (?, ?)`,
  commandsDelete: `DELETE FROM millrace_command WHERE worker = ? AND n <= ?`,
  commandsOf: `SELECT n, command FROM millrace_command WHERE worker = ? ORDER BY n`,
  countAdd: `INSERT INTO millrace_count (queue, state, n) VALUES (?, ?, ?)
ON CONFLICT (queue, state) DO UPDATE SET n = n + excluded.n`,
  counts: `SELECT queue, state, n FROM millrace_count WHERE n <> 0 ORDER BY queue, state`,
  expire: `UPDATE millrace_job SET state = 7, reason = 'expired', finished_at = ?
WHERE seq IN (SELECT value FROM json_each(?))`,
  idsSince: `SELECT id FROM millrace_job WHERE seq > ?`,
  jobById: `SELECT seq, queue, state, token FROM millrace_job WHERE id = ?`,
  jobGet: `SELECT * FROM millrace_job WHERE id = ?`,
  jobRestore: `INSERT INTO millrace_job (id, task, queue, state, priority, due_at, created_at, version, attempt, max_attempts, lost, payload,
  expires_at, options, worker, started_at, finished_at, result, reason, error, progress)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  jobWorker: `SELECT state, worker FROM millrace_job WHERE id = ?`,
  lastSeq: `SELECT seq FROM millrace_job ORDER BY seq DESC LIMIT 1`,
  logAdd: `INSERT INTO millrace_log (seq, attempt, at, level, message, fields) VALUES (?, ?, ?, ?, ?, ?)`,
  logsOf: `SELECT at, level, message, fields, attempt FROM millrace_log
WHERE seq = (SELECT seq FROM millrace_job WHERE id = ?) ORDER BY line DESC LIMIT ?`,
  noteProgress: `UPDATE millrace_job SET progress = ? WHERE seq = ?`,
  pauseAdd: `INSERT OR IGNORE INTO millrace_paused (queue) VALUES (?)`,
  pauseDelete: `DELETE FROM millrace_paused WHERE queue = ?`,
  pausedQueues: `SELECT queue FROM millrace_paused ORDER BY queue`,
  pruneOldest: `SELECT seq, queue, finished_at FROM millrace_job INDEXED BY millrace_job_finished
WHERE state = ? AND state >= 5 AND seq > ? ORDER BY seq LIMIT ?`,
  removeAttempts: `DELETE FROM millrace_attempt WHERE seq IN (SELECT value FROM json_each(?))`,
  removeCheckpoints: `DELETE FROM millrace_checkpoint WHERE seq IN (SELECT value FROM json_each(?))`,
  removeJobs: `DELETE FROM millrace_job WHERE seq IN (SELECT value FROM json_each(?))`,
  removeLogs: `DELETE FROM millrace_log WHERE seq IN (SELECT value FROM json_each(?))`,
  removeTags: `DELETE FROM millrace_tag WHERE seq IN (SELECT value FROM json_each(?))`,
  replace: `UPDATE millrace_job SET task = ?, queue = ?, priority = ?, payload = ?, version = ?, max_attempts = ?, expires_at = ?,
  options = ?, state = ?, due_at = ?
WHERE seq = ?`,
  rescueFail: `UPDATE millrace_job SET state = 6, lost = lost + 1, finished_at = ?, reason = ?, error = ? WHERE seq = ?`,
  rescueJobs: `SELECT seq, id, task, queue, attempt, max_attempts, token, lost FROM millrace_job INDEXED BY millrace_job_active
WHERE state = 4 AND worker = ? LIMIT ?`,
  rescueRequeue: `UPDATE millrace_job SET state = 1, lost = lost + 1, error = ? WHERE seq = ?`,
  rescueWorkers: `SELECT held.worker AS id, w.lease_until, w.lease_ms, w.beats, w.suspected_at
FROM (SELECT DISTINCT worker FROM millrace_job INDEXED BY millrace_job_active WHERE state = 4) AS held
LEFT JOIN millrace_worker AS w ON w.id = held.worker`,
  settleCancel: `UPDATE millrace_job SET state = 7, finished_at = ?, reason = ?, error = coalesce(?, error)
WHERE seq = ? AND token = ? AND state = 4`,
  settleFail: `UPDATE millrace_job SET state = 6, finished_at = ?, reason = ?, error = ?, attempt = attempt - ?
WHERE seq = ? AND token = ? AND state = 4`,
  settleRelease: `UPDATE millrace_job SET state = 1, attempt = attempt - 1
WHERE seq = ? AND token = ? AND state = 4`,
  settleRetry: `UPDATE millrace_job SET state = 2, due_at = ?, error = ?
WHERE seq = ? AND token = ? AND state = 4`,
  settleSnooze: `UPDATE millrace_job SET state = 0, due_at = ?, attempt = attempt - 1
WHERE seq = ? AND token = ? AND state = 4`,
  settleSucceed: `UPDATE millrace_job SET state = 5, finished_at = ?, result = ?, error = NULL
WHERE seq = ? AND token = ? AND state = 4`,
  stateOf: `SELECT state FROM millrace_job WHERE seq = ?`,
  stateTotal: `SELECT coalesce(sum(n), 0) AS n FROM millrace_count WHERE state = ?`,
  tagAdd: `INSERT OR IGNORE INTO millrace_tag (tag, seq) SELECT ?, seq FROM millrace_job WHERE id = ?`,
  tagsDelete: `DELETE FROM millrace_tag WHERE seq = ?`,
  uniqueDelete: `DELETE FROM millrace_unique WHERE key = ?`,
  uniqueHolder: `SELECT u.id, j.seq, j.state, j.due_at, j.queue FROM millrace_unique AS u JOIN millrace_job AS j ON j.id = u.id
WHERE u.key = ? AND (u.until > ? OR (u.states >> j.state) & 1)`,
  uniquePut: `INSERT INTO millrace_unique (key, id, until, states) VALUES (?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET id = excluded.id, until = excluded.until, states = excluded.states`,
  waitingTotal: `SELECT coalesce(sum(n), 0) AS n FROM millrace_count WHERE state <= 2`,
  workerBeat: `INSERT INTO millrace_worker (id, lease_until, lease_ms, beats, suspected_at, seen_at, info) VALUES (?, ?, ?, 1, NULL, ?, ?)
ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until, lease_ms = excluded.lease_ms, beats = beats + 1,
  suspected_at = NULL, seen_at = excluded.seen_at, info = excluded.info`,
  workerDelete: `DELETE FROM millrace_worker WHERE id = ?`,
  workerLease: `SELECT lease_until, lease_ms FROM millrace_worker WHERE id = ?`,
  workerSuspect: `UPDATE millrace_worker SET suspected_at = beats WHERE id = ?`,
  workersAll: `SELECT lease_until, lease_ms, seen_at, info FROM millrace_worker ORDER BY id`,
  workersForget: `DELETE FROM millrace_worker WHERE lease_until + 10 * lease_ms < ?
  AND id NOT IN (SELECT worker FROM millrace_job INDEXED BY millrace_job_active WHERE state = 4)`,
} as const)
