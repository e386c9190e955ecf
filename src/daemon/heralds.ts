import { type MakeHeralds } from './alerts-service.js';

/** All of them, in the order in which they hear of things. */
export const makeHeralds: MakeHeralds = () => [];
