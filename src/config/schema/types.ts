/**
 * The shape of a schema entry. Entries are data: validation, `understudy explain`, docs/reference.md, completion
 * and the coverage test against the keyword list all read the same ones, so nothing here may hold a function.
 */

/** What one word (or group of words) after a keyword may be. Ranges are inclusive. */
export type Argument = ArgumentShape & ArgumentManners;

export type ArgumentShape =
  /** A decimal whole number. */
  | { readonly kind: 'integer'; readonly min: number; readonly max: number; readonly unit?: string }
  /** Seconds (or `unit`) with up to `decimals` digits after the point; the value read is microseconds. */
  | {
      readonly kind: 'duration';
      readonly unit: 's' | 'ms';
      readonly min: number;
      readonly max: number;
      readonly decimals: 0 | 3 | 6;
    }
  /** true|on|yes or false|off|no; left out it means true. */
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly of: readonly string[]; readonly anyCase?: true }
  | {
      readonly kind: 'address';
      readonly family?: 'inet' | 'inet6';
      readonly multicast?: true;
      readonly prefix?: true;
    }
  /** The name of a network interface, at most 15 bytes. */
  | { readonly kind: 'interface' }
  /** A command line in quotes, split into words as a shell without expansions would. */
  | { readonly kind: 'command' }
  /** A login name, then optionally a group name. */
  | { readonly kind: 'user' }
  | { readonly kind: 'path' }
  | { readonly kind: 'mac' }
  /** Octets in hexadecimal, in one word or several; `wildcard` allows x for any digit. */
  | { readonly kind: 'hex'; readonly wildcard?: true }
  /** Any single word, at most `maxBytes` long. */
  | { readonly kind: 'word'; readonly maxBytes?: number }
  /** Words with a syntax of their own, given by `syntax` and read by the pass that owns the keyword. */
  | { readonly kind: 'words'; readonly syntax: string };

export interface ArgumentManners {
  /** How documentation calls it. */
  readonly name: string;
  readonly optional?: true;
  /** May be repeated to the end of the line. */
  readonly many?: true;
  /**
   * What a missing word does. keepalived 2.4.3 stops reading at once for most keywords (exit code 2, 'abort'),
   * and reports and ignores the line for some ('report').
   */
  readonly missing?: 'report';
  /** Numbers: trailing characters are reported, but the number in front of them is used ("3s"). */
  readonly lenient?: true;
  /** Numbers: what a value outside the range becomes; without it the line is ignored. */
  readonly fallback?: number;
  /** Numbers: a smaller accepted value is reported and raised to this. */
  readonly raiseTo?: number;
  /** Numbers: a value outside the range is reported and becomes the nearer end of it. */
  readonly clamp?: true;
  /** Words longer than `maxBytes` are reported and cut instead of ignored. */
  readonly truncate?: true;
}

/** One path of the language. */
export interface Keyword {
  /** Block names and keyword joined by "/", for example "vrrp_instance/advert_int". */
  readonly path: string;
  readonly arguments: readonly Argument[];
  /**
   * 'block' holds keywords of its own; 'freeform' holds lines with the syntax in `lines`. Without it the keyword
   * is a single line.
   */
  readonly block?: 'block' | 'freeform';
  /** Freeform blocks: the syntax of one line. */
  readonly lines?: string;
  /**
   * What words after the last argument do: nothing ('ignored', the usual), or they are reported and the line is
   * ignored ('reject') or used ('report').
   */
  readonly extraWords: 'ignored' | 'reject' | 'report';
  /** What a second occurrence in the same block does: replaces ('last'), is reported and ignored ('first'), or adds. */
  readonly repeat: 'last' | 'first' | 'each';
  /** What holds where the keyword is absent, in words or as it would be written. */
  readonly default?: string;
  /** One line. */
  readonly meaning: string;
  /** What it depends on: a kernel feature, another keyword, a file. */
  readonly needs?: string;
  /** The keepalived release that introduced it, where the manual says. */
  readonly since?: string;
  /** Another spelling of the entry at this path: it has the same meaning and fills the same value. */
  readonly sameAs?: string;
  /** Old spelling or feature; `reported` if keepalived 2.4.3 complains (exit code 5). */
  readonly deprecated?: { readonly use?: string; readonly reported: boolean };
  /** A setting of Understudy's own: `#understudy NAME`, which keepalived skips as a comment. */
  readonly ours?: true;
  /** A line (or block) that may stand as it is in a configuration. */
  readonly example?: string;
}

/** What an author of entries writes: the path is relative, most fields have a usual value. */
export interface KeywordText extends Partial<Omit<Keyword, 'path' | 'meaning'>> {
  readonly meaning: string;
}

/** Entries by their name inside a block; a name may itself contain "/". */
export type BlockText = Readonly<Record<string, KeywordText>>;
