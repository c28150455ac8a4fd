-- 1 state, 2 seqs
SELECT millrace.prune($1::integer, $2::bigint[]) AS n
