import './cli/index.ts'
import '../test/helper.ts'
