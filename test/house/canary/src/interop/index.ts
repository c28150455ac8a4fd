import '../testing/index.ts'
