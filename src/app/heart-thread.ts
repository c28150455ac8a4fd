/** placeholder. @module */
import { timerHeart } from '../engine/heart.ts'
export const threadHeart = timerHeart
