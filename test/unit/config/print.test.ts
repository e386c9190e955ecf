import fc from 'fast-check';
import { keywords, keywordsIn, printConfiguration } from '#config/index.js';
import { readInPlace, readText } from './keyword-context.js';
import { globals, instance, modelOf, script, secure, server } from './passes-parts.js';

const printed = (text: string): string => printConfiguration(modelOf(text));

/** Lines of a text that are not in another. */
const beyond = (text: string, other: string): readonly string[] => {
  const lines = new Set(other.split('\n'));
  return text.split('\n').filter((line) => !lines.has(line));
};

describe('a printed configuration', () => {
  test('has one keyword a line, each block indented', () => {
    expect(printed(server('delay_loop 3', 'TCP_CHECK {\nconnect_port 81\n}'))).toBe(`global_defs {
    router_id director1
    script_user keepalived_script
}

virtual_server 192.0.2.60 80 {
    protocol TCP
    lb_algo rr
    lb_kind NAT
    quorum 1
    delay_loop 3
    smtp_alert off
    real_server 192.0.2.61 80 {
        weight 1
        lvs_method NAT
        smtp_alert on
        TCP_CHECK {
            connect_ip 192.0.2.61
            connect_port 81
            connect_timeout 5
            delay_loop 3
            retry 1
            delay_before_retry 1
            warmup 3
            alpha off
            log_all_failures off
        }
    }
}
`);
  });

  test('says what differs', () => {
    const text = instance('VI_1', 51);
    expect(beyond(printed(instance('VI_1', 51, 'priority 7')), printed(text))).toEqual(['    priority 7']);
    expect(beyond(printed(secure + text), printed(text))).toEqual(['    enable_script_security']);
  });

  test('quotes commands so that their words stay what they are', () => {
    const command = `script "/etc/keepalived/check.sh 'two words' \\"quoted\\" back\\\\slash"`;
    const text =
      secure +
      script('chk').replace(/script "[^"]*"/, () => command) +
      instance('VI_1', 51, 'track_script {\nchk\n}');
    const [before, after] = [modelOf(text), modelOf(printed(text))];
    expect(before.vrrpScripts['chk']?.argv).toHaveLength(4);
    expect(after.vrrpScripts).toEqual(before.vrrpScripts);
  });

  test('keeps names and values that look like something else', () => {
    const text = globals('router_id "a !b #c"') + instance('"VI 1"', 51);
    expect(modelOf(printed(text))).toEqual(modelOf(text));
  });
});

/** What stands in a block, each with its example. */
const statementsIn = (block: string): readonly string[] =>
  [...keywordsIn(block).values()]
    .filter(({ sameAs }) => sameAs === undefined)
    .map(({ path, example }) => example ?? path.slice(path.lastIndexOf('/') + 1));

const blocks = [
  ...new Set(keywords.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/'))))),
].filter((block) => block !== '');

describe('any lines in a block print to what reads as the same', () => {
  test.each(blocks)('%s', (block) => {
    const [first] = [...keywordsIn(block).values()];
    fc.assert(
      fc.property(fc.shuffledSubarray([...statementsIn(block)]), (statements) => {
        const { configuration } = readInPlace(first?.path ?? '', statements.join('\n'));
        fc.pre(configuration !== undefined);
        const text = printConfiguration(configuration);
        const again = readText(text).configuration;
        expect(again).toEqual(configuration);
        expect(again && printConfiguration(again)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });
});
