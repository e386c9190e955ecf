/** Something wrong with an advert. */
export interface Complaint {
  /** Stable and greppable. */
  readonly code: string;
  /** In keepalived's words, behind the instance's name. */
  readonly text: string;
}
