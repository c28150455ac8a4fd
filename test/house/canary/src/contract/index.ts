import '../kit/index.ts'
