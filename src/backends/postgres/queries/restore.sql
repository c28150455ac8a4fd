SELECT millrace.restore($1::json, $2::integer, $3::json, $4::json, $5::json, $6::text[], $7::text, $8::bigint, $9::integer) AS stored
