import '../conformance/index.ts'
