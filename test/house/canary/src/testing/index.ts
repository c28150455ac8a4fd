import '../adapters/index.ts'
