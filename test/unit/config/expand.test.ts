import { findWord, outline, placeOf, problemsOf, read } from './source-memory-host.js';

const expanded = (text: string): string => outline(read(text).statements);

describe('conditions', () => {
  test.each([
    ['@ID keeps the line on that instance', '@node1 a\n@node2 b', 'a'],
    ['@^ID keeps it on every other', '@^node1 a\n@^node2 b', 'b'],
    ['the whole word counts', '@node a\n@node11 b\n@ c', ''],
    ['a line with nothing else is dropped', '@node1\n@^node2', ''],
    ['a brace goes with its line', '@node2 a {\n@node1 b {\nc\n}', 'b { c }'],
    ['they hold for definitions too', '@node1 $A=1\n@node2 $A=2\na $A', 'a|1'],
    ['they count behind a brace', 'a { @node2 b }\nc }\nd', 'a { c }; d'],
    ['a name elsewhere in the line is a word', 'a @node2', 'a|@node2'],
  ])('%s', (_name, text, expected) => {
    expect(expanded(text)).toBe(expected);
  });
});

describe('definitions', () => {
  test.each([
    [
      'replace $NAME before a blank, a comma, a parenthesis and the end',
      '$A=x\n$A $A,b $A) $A',
      'x|x,b|x)|x',
    ],
    ['leave $NAME alone before anything else', '$A=x\n$A. $A/1 $AB', '$A.|$A/1|$AB'],
    ['replace ${NAME} anywhere, in quotes too', '$A=x\nb${A}c "d ${A}"', 'bxc|d x'],
    ['are looked up where they are used', '$A=${B}1\n$B=x\n$A\n$B=y\n$A', 'x1; y1'],
    ['may be empty', '$A=\nb${A}c', 'bc'],
    ['may hold several words, quotes and braces', '$A=b "c d" { e }\n$A', 'b|c d { e }'],
    ['take no blank before the equals sign', '$A =x', '$A|=x'],
    ['lose their comment and the blanks around the value', '$A=  x y  # z\n$A', 'x|y'],
    ['are case sensitive, and leave what is not defined', '$A=x\n$a ${b} $1 $', '$a|$ { b }; $1|$'],
    ['can be made of others together with text behind them', '$A=x\n$BA=z\n$P=$B\n${P}A', 'z'],
    ['join a comment sign from elsewhere', '$A=b \\# c\n$A d', 'b'],
  ])('%s', (_name, text, expected) => {
    expect(expanded(text)).toBe(expected);
  });

  test.each([
    ['the lines continued by a backslash', '$A= \\\nb { \\\n c \\\n}\n$A\n$A', 'b { c }; b { c }'],
    ['a first line of its own', '$A=b {\\\nc\\\n}\n$A', 'b { c }'],
    [
      'other definitions, set as they go',
      '$A= \\\n$N=1 \\\n$B \\\n$N=2 \\\n$B\n$B= \\\nx $N \\\ny\n$A',
      'x|1; y; x|2; y',
    ],
    ['conditions', '$A= \\\n@node1 b \\\n@node2 c \\\nd\n$A', 'b; d'],
    ['text before the reference', '$A= \\\nb \\\nc\nx $A', 'x|b; c'],
    ['an end at an empty line', '$A= \\\nb \\\n\n$A', 'b'],
    ['empty lines that only go on', '$A= \\\nb \\\n\\\nc\n$A', 'b; c'],
    ['blank lines and comments between, as keepalived has it', '$A= \\\nb \\\n  \n# x \\\nc\n$A', 'b; c'],
    ['one line only, if no other follows', '$A= \\\nb\n$A c', 'b|c'],
  ])('of several lines have %s', (_name, text, expected) => {
    expect(expanded(text)).toBe(expected);
  });

  test('of several lines are not replaced before the end of a line', () => {
    const tree = read('$A= \\\nb \\\nc\n$A d');
    expect(outline(tree.statements)).toBe('$A|d');
    expect(problemsOf(tree)).toEqual(['warning multiline-not-last@4:1']);
  });

  test('that are used without braces where they need them, or not defined, are pointed out', () => {
    const tree = read('$NAME=x\na $NAME:1 $NAMES "$OTHER" $other');
    expect(problemsOf(tree)).toEqual([
      'warning definition-needs-braces@2:3',
      'warning undefined-definition@2:11',
    ]);
    expect(tree.problems.map(({ suggestion }) => suggestion)).toEqual(['${NAME}', '$NAME']);
  });

  test.each([
    ['itself', '$A=$A\na $A', '$A@main.conf:2:3'],
    ['another that leads back', '$A=x ${B}\n$B=$A\na $A', '$B@main.conf:1:6 < $A@main.conf:3:3'],
    ['itself over several lines', '$A= \\\nb \\\n$A\n$A', '$A@main.conf:4:1'],
  ])('that refer to %s end in one error that names the chain', (_name, text, chain) => {
    const tree = read(text);
    const [problem] = tree.problems;
    expect(problem?.code).toBe('recursive-definition');
    expect(problem?.span && placeOf(problem.span)).toContain(chain);
  });

  test('that redefine themselves are not recursive', () => {
    const tree = read('$A= \\\n$A=b \\\nx $A\n$A');
    expect(outline(tree.statements)).toBe('x|b');
    expect(problemsOf(tree)).toEqual(['warning replaced-directive@2:1']);
  });

  test('that double at every step are bounded', () => {
    const doubling = Array.from({ length: 40 }, (_, n) => `$A${n}=\${A${n + 1}}\${A${n + 1}}`).join('\n');
    expect(problemsOf(read(`${doubling}\n$A40=\na $A0`))[0]).toBe('error expansion-too-large@40:12');
    const lines = Array.from({ length: 40 }, (_, n) => `$B${n}= \\\n$B${n + 1} \\\n$B${n + 1}`).join('\n\n');
    const tree = read(`${lines}\n\n$B40=\n$B0`, {}, { maxLines: 10_000 });
    expect(tree.problems.map(({ code }) => code)).toEqual(['expansion-too-large']);
  });

  test('that make a line longer than keepalived takes are an error', () => {
    const tree = read(`$A=${'x'.repeat(600)}\na \${A}\${A}`);
    expect(problemsOf(tree)).toEqual(['error line-too-long@2:7']);
  });

  test('that bring a condition or sequence work as the manual says, with a warning for keepalived 2.4', () => {
    const tree = read('$IF=@node1\n$IF a\n$S=~SEQ(N,1,2) b\n$S');
    expect(outline(tree.statements)).toBe('a; b; b');
    expect(problemsOf(tree)).toEqual(['warning replaced-directive@1:5', 'warning replaced-directive@3:4']);
  });
});

describe('built-in definitions', () => {
  test.each([
    ['the directory', 'a ${_PWD}/b', 'a|/etc/keepalived/b'],
    ['the instance', 'a ${_INSTANCE} $_INSTANCE', 'a|node1|node1'],
    [
      'the environment, a newline being a blank',
      'a ${_ENV HOME} b${_ENV NONE} ${_ENV LINES}',
      'a|/root|b|a|b',
    ],
    ['comment signs, which need quotes', 'a "${_HASH} ${_BANG}"\nb ${_HASH} c', 'a|# !; b'],
    ['a random number between bounds', 'a ${_RANDOM 7 7} ${_RANDOM 5}', 'a|7|'],
  ])('give %s', (_name, text, expected) => {
    expect(expanded(text)).toMatch(new RegExp(`^${expected.replace(/[|]/g, '[|]')}`));
  });

  test('random numbers come from the seed, and from random_seed on from that', () => {
    const text = 'a ${_RANDOM}\nglobal_defs {\nrandom_seed 7\nb ${_RANDOM}\n}';
    const numbers = (seed: number) =>
      outline(read(text, {}, { seed }).statements).match(/(?<=[ab]\|)\d+/g) ?? [];
    expect(numbers(1)).toEqual(numbers(1));
    expect(numbers(1)[0]).not.toBe(numbers(2)[0]);
    expect(numbers(1)[1]).toBe(numbers(2)[1]);
  });

  test('can be defined anew', () => {
    expect(expanded('$_PWD=/x\na $_PWD')).toBe('a|/x');
  });

  test.each(['${_RANDOM x}', '${_RANDOM 1 2 3}', '${_ENV}', '${_PWD 1}'])('%s is left as it is', (text) => {
    expect(problemsOf(read(`a ${text}`))).toEqual(['warning definition-parameters@1:3']);
  });
});

describe('sequences', () => {
  test.each([
    ['from start to end', '~SEQ(N,2,4) a $N', 'a|2; a|3; a|4'],
    ['from one', '~SEQ(N,3) a${N}', 'a1; a2; a3'],
    ['down from minus one', '~SEQ(N,-2) a $N', 'a|-1; a|-2'],
    ['down', '~SEQ(N,2,0) a $N', 'a|2; a|1; a|0'],
    ['by steps, without going beyond', '~SEQ(N,1,2,6) a $N', 'a|1; a|3; a|5'],
    ['in hexadecimal', '~SEQx(N, 0x8, 8, 0x18) f::${N}', 'f::8; f::10; f::18'],
    ['in octal', '~SEQ(N,010,9) a $N', 'a|8; a|9'],
    ['with parameters that are defined', '$E=2\n~SEQ(N,1,$E) a $N', 'a|1; a|2'],
    ['inside one another, the last the fastest', '~SEQ(A,1,2)~SEQ(B,1,2) $A,$B', '1,1; 1,2; 2,1; 2,2'],
    [
      'over definitions of several lines',
      '$D= \\\na $N { \\\nb \\\n}\n~SEQ(N,1,2) $D',
      'a|1 { b }; a|2 { b }',
    ],
    ['within them', '$D= \\\n~SEQ(N,1,2) a $M$N \\\nb\n~SEQ(M,1,2) $D', 'a|$M1; a|$M2; b; a|$M1; a|$M2; b'],
    ['leave the last value behind', '~SEQ(N,1,2) a\nb $N', 'a; a; b|2'],
  ])('count %s', (_name, text, expected) => {
    expect(expanded(text)).toBe(expected);
  });

  test.each([
    ['one name', '~LST(N, x, y) a $N', 'a|x; a|y'],
    ['tuples, missing values being empty', '~LST({A, B},{1,2},{3}) a ${A}-${B}', 'a|1-2; a|3-'],
    ['lists and sequences together', '~LST(A,x,y) ~SEQ(B,1,2) ${A}$B', 'x1; x2; y1; y2'],
  ])('of listed values take %s', (_name, text, expected) => {
    expect(expanded(text)).toBe(expected);
  });

  test.each([
    '~SEQ(N,1,-1,10) a',
    '~SEQ(N,1,0,10) a',
    '~SEQ(N) a',
    '~SEQ(N,1,2 a',
    '~SEQ(N,x,2) a',
    '~SEQ(N,1,2,3,4) a',
    '~SEQx(N,-3) a',
    '~LST(N) a',
    '~LST({A,B},{1,2,3}) a',
    '~LST(A,1,2 a',
  ])('%s is one error', (text) => {
    const tree = read(text);
    expect(problemsOf(tree)).toEqual(['error invalid-sequence@1:1']);
    expect(outline(tree.statements)).toBe('');
  });

  test('without end are bounded', () => {
    const tree = read('~SEQ(N,1,2000000000) ~SEQ(M,1,2000000000) $EMPTY\n', {}, { maxLines: 10_000 });
    expect(tree.problems.map(({ code }) => code)).toContain('expansion-too-large');
  });
});

describe('places', () => {
  test.each([
    ['a word of a line', 'a', 'main.conf:11:16+1'],
    ['a replaced word stands where its value is written', '10', 'main.conf:1:4+2 < $A@main.conf:11:18'],
    ['a word around a value stands where it is put together', 'x10y', 'main.conf:12:2+6'],
    [
      'a line of a definition stands in the definition',
      'bb',
      'main.conf:4:2+2 < $D@main.conf:13:13 < N=7@main.conf:13:1',
    ],
    [
      'a counted value stands for its reference',
      'v7',
      'main.conf:4:5+5 < $D@main.conf:13:13 < N=7@main.conf:13:1',
    ],
    [
      'nested definitions have all their steps',
      'deep',
      'main.conf:7:2+4 < $E@main.conf:5:2 < $D@main.conf:13:13 < N=7@main.conf:13:1',
    ],
    ['a word with an escape has its backslash', 'z#q', 'main.conf:14:3+4'],
    ['a word behind an escape', 'yy', 'main.conf:14:8+2'],
  ])('%s', (_name, word, expected) => {
    const text = [
      '$A=10',
      '',
      '$D= \\',
      ' bb v${N} { \\',
      ' $E',
      '$E= \\',
      ' deep \\',
      ' }',
      '',
      '',
      '@node1         a $A',
      ' x${A}y',
      '~SEQ(N,7,7) $D',
      '  z\\#q yy',
    ].join('\n');
    expect(placeOf(findWord(read(text), word).span)).toBe(expected);
  });
});

test("the manual's way to many instances takes little time and memory", () => {
  const definition = [
    '$VI4= \\',
    'vrrp_instance vrrp4.${IF}.${NUM}.${ID} { \\',
    '    interface bond${IF}.${NUM} \\',
    '    virtual_router_id ${ID} \\',
    '    virtual_ipaddress { \\',
    '        10.${IF}.${NUM}.${ID}/24 \\',
    '    } \\',
    '}',
  ];
  const tree = read([...definition, '', '~SEQ(IF,0,0) ~SEQ(NUM,0,31) ~SEQ(ID,1,254) $VI4'].join('\n'));
  expect(tree.statements).toHaveLength(8128);
  expect(tree.problems).toEqual([]);
  expect(outline(tree.statements.slice(-1))).toBe(
    'vrrp_instance|vrrp4.0.31.254 { interface|bond0.31; virtual_router_id|254; virtual_ipaddress { 10.0.31.254/24 } }',
  );
});
