/**
 * Making thumbnails: CPU-heavy, so it runs in a process of its own and can be killed at its timeout.
 * @module
 */
import { join } from 'node:path'
import { task } from 'millrace'
import { z } from 'zod'
import { fromEnvironment } from '../settings.ts'

/** Writes a JPEG of the given width beside the others. */
export const makeThumbnail = task('make-thumbnail', {
  queue: 'images',
  input: z.object({ source: z.string(), name: z.string(), width: z.number().int().min(16).max(2000) }),
  timeout: '30s',
  isolate: { in: 'process', recycleAfterJobs: 50 },
  async run({ source, name, width }) {
    const { default: sharp } = await import('sharp')
    const file = join(fromEnvironment().folder, 'thumbnails', `${name}-${width}.jpg`)
    const { height, size } = await sharp(source).resize({ width }).jpeg({ quality: 80 }).toFile(file)
    return { file, width, height, bytes: size }
  },
})
