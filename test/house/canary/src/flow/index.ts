import '../observe/index.ts'
