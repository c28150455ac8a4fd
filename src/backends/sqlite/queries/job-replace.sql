-- A waiting job takes the new one's place. The last parameter is its seq.
UPDATE millrace_job SET queue = ?, priority = ?, due_at = ?, payload = ?, version = ?, max_attempts = ?, expires_at = ?,
  options = ?
WHERE seq = ?
