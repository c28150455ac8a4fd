import '../interop/index.ts'
import '../backends/redis/index.ts'
import '../backends/memory/index.ts'
