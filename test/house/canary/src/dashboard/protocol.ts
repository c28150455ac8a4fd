import '../app/leaf.ts'
