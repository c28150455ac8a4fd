SELECT array_to_json(e.settled)::text AS settled, array_to_json(e.begun)::text AS begun,
  array_to_json(e.given_back)::text AS given_back, e.claims, e.jobs
FROM millrace.exchange($1::text, $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
  $8::integer[], $9::bigint[], $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[],
  $16::text[], $17::integer[], $18::integer, $19::text[], $20::smallint[], $21::bigint[], $22::bigint[], $23::bigint) AS e
