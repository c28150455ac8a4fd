/**
 * Times on a calendar, as people say them.
 * @module
 */

/** One value, or several. */
type OneOrMany<T> = T | readonly T[]

/** A day of the week. */
export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday'

/** A day of the week, or one of a month, such as `first monday` and `last friday`. */
export type WeekdayRule = Weekday | `${'first' | 'second' | 'third' | 'fourth' | 'last'} ${Weekday}`

/** A month. */
export type Month =
  | 'january'
  | 'february'
  | 'march'
  | 'april'
  | 'may'
  | 'june'
  | 'july'
  | 'august'
  | 'september'
  | 'october'
  | 'november'
  | 'december'

/** Times on a calendar. Conditions that are given must all hold. */
export interface CalendarRule {
  /** Times of day: `'09:30'` or `'09:30:15'`. */
  readonly at: OneOrMany<string>
  readonly weekdays?: OneOrMany<WeekdayRule>
  /** Days of the month, 1 to 31, or `'last'`. */
  readonly days?: OneOrMany<number | 'last'>
  readonly months?: OneOrMany<Month>
}
