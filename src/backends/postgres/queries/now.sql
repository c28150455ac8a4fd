SELECT millrace.now_ms()::text AS now
