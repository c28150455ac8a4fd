SELECT array_to_json(e.settled)::text AS settled, e.claims, e.jobs FROM millrace.exchange($1::text, $2::bigint[], $3::bigint[],
  $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::integer[], $9::bigint[], $10::text[], $11::text[], $12::bigint[],
  $13::text[], $14::integer[], $15::integer, $16::text[], $17::smallint[], $18::bigint[], $19::bigint[]) AS e
