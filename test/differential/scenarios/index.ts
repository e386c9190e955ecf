// All scenarios, one file a subject.
import { type Scenario } from '../scenario.js';
import { election } from './election.js';
import { endings } from './endings.js';
import { interfaces } from './interfaces.js';
import { reload } from './reload.js';
import { scripts } from './scripts.js';
import { wire } from './wire.js';

export const scenarios: readonly Scenario[] = [
  ...election,
  ...endings,
  ...interfaces,
  ...scripts,
  ...wire,
  ...reload,
];
