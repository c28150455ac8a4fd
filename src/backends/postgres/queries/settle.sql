SELECT array_to_json(millrace.settle($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],
  $7::integer[], $8::bigint[], $9::text[], $10::text[]))::text AS settled
