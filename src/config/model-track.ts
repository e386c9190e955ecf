import { type Micros } from '../base/units.js';

/** track_file. */
export interface TrackFileSettings {
  readonly file: string;
  /** -254 to 254; 1 unless told. */
  readonly weight: number;
  readonly reverse: boolean;
  /** Written at the start; only if the file is missing, unless `overwrite`. */
  readonly init?: { readonly value: number; readonly overwrite: boolean };
}

/** vrrp_track_process. */
export interface TrackProcessSettings {
  readonly process: string;
  readonly parameters: readonly string[];
  readonly match: 'none' | 'exact' | 'initial' | 'partial';
  readonly fullCommand: boolean;
  readonly weight: number;
  readonly reverse: boolean;
  readonly quorum: number;
  /** Undefined for no limit. */
  readonly quorumMax?: number;
  readonly terminateDelay: Micros;
  readonly forkDelay: Micros;
}
