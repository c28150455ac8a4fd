SELECT array_to_json(millrace.enqueue($1::text[], $2::text[], $3::smallint[], $4::integer[], $5::integer[], $6::text[],
  $7::text[], $8::integer[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::text[], $14::text[],
  $15::text[], $16::boolean))::text AS stored, transaction_timestamp() = statement_timestamp() AS alone,
  millrace.now_ms()::text AS now, CASE WHEN $17::text IS NOT NULL THEN pg_notify($17::text, $18::text)::text END AS told
