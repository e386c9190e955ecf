// All scenarios, one file a subject.
import { type Scenario } from '../scenario.js';
import { adverts } from './adverts.js';
import { announcements } from './announcements.js';
import { authentication } from './authentication.js';
import { election } from './election.js';
import { endings } from './endings.js';
import { fifos } from './fifos.js';
import { files } from './files.js';
import { instances } from './instances.js';
import { interfaces } from './interfaces.js';
import { mishaps } from './mishaps.js';
import { reload } from './reload.js';
import { scripts } from './scripts.js';
import { vmacs } from './vmacs.js';
import { weights } from './weights.js';
import { wire } from './wire.js';

export const scenarios: readonly Scenario[] = [
  ...adverts,
  ...announcements,
  ...authentication,
  ...election,
  ...endings,
  ...fifos,
  ...files,
  ...instances,
  ...interfaces,
  ...mishaps,
  ...scripts,
  ...vmacs,
  ...weights,
  ...wire,
  ...reload,
];
