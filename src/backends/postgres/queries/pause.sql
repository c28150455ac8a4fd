-- 1 queues
INSERT INTO millrace.paused (queue) SELECT DISTINCT q FROM unnest($1::text[]) AS q ON CONFLICT DO NOTHING
