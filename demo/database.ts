/**
 * The web application's own tables. They live in the same SQLite file as the jobs, so that an import's rows
 * and its completion commit together.
 * @module
 */
import { join } from 'node:path'
import { openDatabase, type SqliteDatabase } from 'millrace/sqlite'
import type { City } from './cities.ts'
import { fromEnvironment } from './settings.ts'

let opened: SqliteDatabase | undefined

/** The application's connection of this process. */
export function database(): SqliteDatabase {
  opened ??= openDatabase(databaseFile())
  return opened
}

/** The one file everything is in. */
export function databaseFile(): string {
  return join(fromEnvironment().folder, 'demo.db')
}

/** Creates the application's tables. */
export function createTables(): void {
  database().exec(`
    CREATE TABLE IF NOT EXISTS cities (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL, population INTEGER NOT NULL,
      longitude REAL NOT NULL, latitude REAL NOT NULL
    )`)
}

/** Inserts rows, plainly: a row that is there already is an error, so a chunk imported twice would be noticed. */
export function insertCities(cities: readonly City[]): void {
  const insert = database().prepare(
    'INSERT INTO cities (id, name, country, population, longitude, latitude) VALUES (?, ?, ?, ?, ?, ?)',
  )
  for (const { cityId, name, country, population, loc } of cities) {
    insert.run(cityId, name, country, population, loc.coordinates[0], loc.coordinates[1])
  }
}

/** Countries by number of people who live in a listed city, the largest first. */
export function countries(
  limit: number,
): { country: string; cities: number; people: number; largest: string }[] {
  return database()
    .prepare(
      `SELECT country, count(*) AS cities, sum(population) AS people,
              (SELECT name FROM cities AS c WHERE c.country = cities.country ORDER BY population DESC LIMIT 1) AS largest
       FROM cities GROUP BY country ORDER BY people DESC LIMIT ?`,
    )
    .all(limit) as { country: string; cities: number; people: number; largest: string }[]
}

/** How many rows there are. */
export function countCities(): number {
  const row = database().prepare('SELECT count(*) AS n FROM cities').get() as { n: number }
  return row.n
}
