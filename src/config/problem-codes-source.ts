import { type ProblemCode } from './problem-codes.js';

/** Codes of files and includes. */
const files: readonly ProblemCode[] = [
  {
    code: 'no-configuration',
    title: 'the configuration file cannot be read',
    explanation:
      'The file named with -f, or the default /etc/keepalived/keepalived.conf, does not exist, may not be read, is a directory, or is executable: keepalived reads no executable file as configuration. Nothing is changed. keepalived 2.4.3 prints a message too, but its -t exits with 0 if the file does not exist.',
    example: 'understudy -t -f /etc/keepalived/keepalive.conf',
    exit: 4,
  },
  {
    code: 'include-failed',
    title: 'a file that has to be there cannot be included',
    explanation:
      'includer, includem, includew, includeb, includea and include_check make it an error if an included file is missing or cannot be read, as keepalived does; plain include only warns (include-skipped). The include may stand in another file: relative names count from the directory of the file that holds the directive.',
    example: 'includea conf.d/*.conf',
    exit: 6,
  },
  {
    code: 'include-skipped',
    title: 'an include finds nothing to read',
    explanation:
      'No file has that name, or the file may not be read, is a directory, or is executable. keepalived logs it and reads on, and so does Understudy. Write includer or includea to make it an error. The name is not split or unquoted: quotes around it are part of it.',
    example: 'include conf.d/web.conf',
    exit: 0,
  },
  {
    code: 'include-cycle',
    title: 'a file includes itself',
    explanation:
      'The directive stands in the file that it includes, or in one that this file includes. It is skipped. keepalived reads the file again and again until it has no descriptors left.',
    example: '# in a.conf:\ninclude b.conf\n# in b.conf:\ninclude a.conf',
    exit: 5,
  },
  {
    code: 'binary-file',
    title: 'the file is not text',
    explanation:
      'The file starts like a program, like compressed data or like UTF-16 text, or a tenth of it are control characters. It is not read. Save UTF-16 text as UTF-8.',
    example: 'include keepalived.conf.gz',
    exit: 5,
  },
  {
    code: 'nul-bytes',
    title: 'a line holds NUL bytes',
    explanation:
      'The line is ignored, as in keepalived. NUL bytes come from damaged disks, interrupted copies or UTF-16 text without its mark. Only the first line of a file is reported.',
    example: 'router_id node1^@^@',
    exit: 5,
  },
  {
    code: 'line-too-long',
    title: 'a line is longer than keepalived can read',
    explanation:
      'keepalived reads lines of up to 1022 bytes and, after replacing definitions, of up to 1022 bytes again; it ignores the first 1023 bytes of a longer one and takes the rest for a new line. Understudy ignores the whole line, so that the other node of a pair does not run a different configuration.',
    example: 'notify_master "/usr/local/bin/notify.sh … a very long argument"',
    exit: 5,
  },
  {
    code: 'byte-order-mark',
    title: 'the file starts with a byte order mark',
    explanation:
      "Editors on Windows put U+FEFF at the start of a file. keepalived takes it for a part of the first word, and finds the keyword unknown: the first block, or a comment in the first line, is lost. Understudy removes the mark. Save the file as 'UTF-8 without BOM'.",
    example: '<U+FEFF>global_defs {\n}',
    exit: 5,
  },
];

/** Codes of lines, words, quotes and braces. */
const lines: readonly ProblemCode[] = [
  {
    code: 'odd-blank',
    title: 'a character that looks like a blank is none',
    explanation:
      'A no-break space, an ideographic space, a zero-width space or their like, copied from a web page or a word processor, is part of the word that it touches: keepalived finds the keyword unknown. Understudy reads the line as it was meant. Replace it by a space.',
    example: 'vrrp_instance VI_1 {\n<U+00A0>state MASTER\n}',
    exit: 5,
  },
  {
    code: 'odd-character',
    title: 'a word holds a character that cannot be seen',
    explanation:
      'A no-break space or its like, or a byte that is not UTF-8, is part of a word. keepalived takes it as it is, and so does Understudy; a byte that is not UTF-8 becomes U+FFFD.',
    example: 'router_id node<U+00A0>1',
    exit: 0,
  },
  {
    code: 'escaped-comment',
    title: 'a backslash keeps # or ! from starting a comment',
    explanation:
      'keepalived takes the backslash away when it first reads the file, and hands the lines on to its worker processes, which read them again: what follows the # or ! is a comment to them, braces included. Understudy takes the character as it was meant. Put the word in double quotes, where # and ! need no backslash.',
    example: 'vrrp_instance VI_\\#1 {\n}',
    exit: 0,
  },
  {
    code: 'unclosed-block',
    title: "a block's closing brace is missing",
    explanation:
      "The text ends inside a block. keepalived reports how many braces are missing, without a place; what stands behind the unclosed block was read as part of it. The note points to the line whose indentation does not fit: the missing brace is most likely above it. Braces in double quotes do not count, and '{' or '}' in a comment does not either.",
    example: 'vrrp_instance VI_1 {\n    state MASTER',
    exit: 5,
  },
  {
    code: 'unexpected-close-brace',
    title: 'a closing brace has no block to close',
    explanation:
      'There is a brace too many, or an opening brace is missing further up. keepalived reports it and ignores it.',
    example: 'vrrp_instance VI_1 {\n}\n}',
    exit: 5,
  },
  {
    code: 'unexpected-open-brace',
    title: 'an opening brace belongs to no statement',
    explanation:
      'A block follows its statement, on the same line or below. This brace stands at the start, or behind another brace. Its statements are read as if the brace and its partner were not there.',
    example: 'vrrp_instance VI_1 {\n{',
    exit: 5,
  },
  {
    code: 'missing-open-brace',
    title: 'the opening brace of a block is missing',
    explanation:
      'The keyword has a block, and the next line is indented as if it were inside, but there is no brace. It is read as if the brace were there. keepalived does the same for most keywords; in its parts that do not know the block, it takes every line of it for an unknown keyword.',
    example: 'virtual_server 192.0.2.1 80\n    delay_loop 3\n}',
    exit: 5,
  },
  {
    code: 'missing-open-brace-of-list',
    title: 'the opening brace of a list is missing',
    explanation:
      'As missing-open-brace, for a keyword whose block holds lines instead of keywords, such as virtual_ipaddress. keepalived mentions it in its log only.',
    example: 'vrrp_instance VI_1 {\n    virtual_ipaddress\n        192.0.2.1\n    }\n}',
    exit: 0,
  },
  {
    code: 'nested-too-deep',
    title: 'too many blocks are open',
    explanation:
      'No configuration needs more than five blocks inside one another; here are more than 64. Further braces are ignored.',
    example: 'a { b { c { d { …',
    exit: 5,
  },
];

/** Codes of conditions, definitions, sequences and lists. */
const expansion: readonly ProblemCode[] = [
  {
    code: 'recursive-definition',
    title: 'a definition refers to itself',
    explanation:
      'Replacing it would put it in place again, for ever; the chain shows through which definitions. It is left unreplaced. keepalived hangs. A definition may refer to one that is defined further down: it is looked up when it is used.',
    example: '$IF=$IF\nvrrp_instance VI_1 {\n    interface $IF\n}',
    exit: 5,
  },
  {
    code: 'expansion-too-large',
    title: 'definitions and sequences make too much text',
    explanation:
      'More than a thousand replacements in one line, or more than two million lines in all, or four million statements. Definitions that refer to one another several times grow like that, and so does ~SEQ with a wrong end. The line is ignored, or what follows is not read.',
    example: '~SEQ(N, 1, 1000000000) 192.0.2.$N',
    exit: 5,
  },
  {
    code: 'undefined-definition',
    title: 'a name with $ is not defined',
    explanation:
      'It is left as it is, dollar and all, as keepalived does. Definitions hold from their own line on, and names are compared with upper and lower case. In quotes nothing is reported: scripts use $ too.',
    example: '$PRIORITY=100\nvrrp_instance VI_1 {\n    priority $PRIORTY\n}',
    exit: 0,
  },
  {
    code: 'definition-needs-braces',
    title: 'a definition is used without the braces that it needs here',
    explanation:
      '$NAME is replaced only before a blank, a comma, a closing parenthesis or the end of the line. Before anything else it has to be ${NAME}.',
    example:
      '$IF=eth0\nvrrp_instance VI_1 {\n    virtual_ipaddress {\n        192.0.2.1/24 label $IF:vip\n    }\n}',
    exit: 0,
  },
  {
    code: 'multiline-not-last',
    title: 'text follows a definition of several lines',
    explanation:
      'A definition with several lines is replaced only at the end of a line: what follows would belong to its last line, and keepalived does not put it there. It is left as it is.',
    example: '$BLOCK= \\\n    state MASTER \\\n    priority 100\nvrrp_instance VI_1 { $BLOCK }',
    exit: 0,
  },
  {
    code: 'definition-parameters',
    title: 'a definition does not take these parameters',
    explanation:
      'Only ${_RANDOM MIN MAX}, with up to two numbers, and ${_ENV NAME} take any. The text is left as it is.',
    example: 'router_id node${_RANDOM one two}',
    exit: 5,
  },
  {
    code: 'replaced-directive',
    title: 'a condition, definition or sequence comes from a definition',
    explanation:
      "The manual has it so, and keepalived 2.2 does it, and so does Understudy. keepalived 2.4.3 takes the line for a statement, and finds '@ID', '$NAME=' or '~SEQ(…)' to be an unknown keyword. Write the directive itself in the line.",
    example: '$MAIN=@main\nvrrp_instance VI_1 {\n    $MAIN priority 200\n}',
    exit: 5,
  },
  {
    code: 'invalid-sequence',
    title: 'a ~SEQ or ~LST cannot be read',
    explanation:
      'They are ~SEQ(NAME, START, STEP, END), where START and STEP may be left out, ~SEQx for hexadecimal numbers, ~LST(NAME, VALUE, …) and ~LST({NAME, …}, {VALUE, …}, …). Numbers may be decimal, 0x hexadecimal or 0 octal. The line is ignored.',
    example: '~SEQ(N, 1, -1, 10) 192.0.2.$N',
    exit: 5,
  },
];

/** Codes of the way from bytes to the tree. */
export const sourceProblemCodes: readonly ProblemCode[] = [...files, ...lines, ...expansion];
