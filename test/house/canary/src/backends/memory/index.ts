import '../../engine/index.ts'
