import '../interop/index.ts'
