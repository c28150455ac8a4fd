import '../backends/redis/index.ts'
import '../cli/index.ts'
import './missing.ts'
