import '../_sql/index.ts'
import '../memory/index.ts'
