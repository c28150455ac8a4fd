SELECT millrace.note($1::text, $2::bigint, $3::text, $4::bigint[], $5::integer[], $6::text[], $7::text[], $8::text[])
