import { type TrackedScriptDraft } from './tracked-scripts.js';

/** What has been defined so far: references are looked up here while the file is read from top to bottom. */
export interface Registry {
  readonly scripts: Map<string, TrackedScriptDraft>;
}
