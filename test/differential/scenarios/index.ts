// All scenarios, one file a subject.
import { type Scenario } from '../scenario.js';
import { election } from './election.js';
import { killedMaster, stoppedMaster } from './stop-and-kill.js';

export const scenarios: readonly Scenario[] = [election, killedMaster, stoppedMaster];
