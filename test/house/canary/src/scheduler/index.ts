import '../flow/index.ts'
