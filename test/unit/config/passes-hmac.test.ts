import { diffConfigurations } from '#config/index.js';
import { agree } from '#config/lint/authentication.js';
import { printConfiguration } from '#config/print.js';
import { type Authentication, type HmacAuthentication } from '#vrrp/index.js';
import { codesOf, instance, judge, modelOf } from './passes-parts.js';
import { type FakeMachine } from './host.js';

const key = 'k'.repeat(32);
const hmac = (lines: string, more = ''): string =>
  instance('VI_1', 51, `version 3\nauth_hmac {\n${lines}\n}\n${more}`);

function authentication(text: string, machine?: FakeMachine): Authentication {
  const [first] = modelOf(text, machine).vrrp.instances;
  if (!first) throw new Error('no instance');
  return first.authentication;
}

/** The bytes of key 1, written so. */
function secretOf(written: string, machine?: FakeMachine): string | undefined {
  const found = authentication(hmac(`key 1 ${written}\nkey 9 ${key}\nactive_key 9`), machine);
  return found.type === 'hmac' ? found.keys.find(({ id }) => id === 1)?.secret : undefined;
}

describe('a key is', () => {
  const inFile = (text: string, mode = 0o600): FakeMachine => ({ files: { '/etc/key': { text, mode } } });

  test('the text itself', () => expect(secretOf(key)).toBe('6b'.repeat(32)));

  test('or bytes, with spaces where one likes; a digit alone is a byte', () => {
    expect(secretOf(`hex:${'0A'.repeat(32)}`)).toBe('0a'.repeat(32));
    expect(secretOf(`"hex:${'0a '.repeat(31)}f"`)).toBe(`${'0a'.repeat(31)}0f`);
  });

  test('or in a file, either way, without the line end', () => {
    expect(secretOf('file:/etc/key', inFile(`${key}\r\n`))).toBe('6b'.repeat(32));
    expect(secretOf('file:/etc/key', inFile(`hex:${'ab'.repeat(64)}\n`))).toBe('ab'.repeat(64));
    // Not UTF-8, which a line could not hold.
    expect(secretOf('file:/etc/key', inFile('\xff'.repeat(33)))).toBe('ff'.repeat(33));
  });

  test.each([
    ['k'.repeat(31), 'too short'],
    ['k'.repeat(65), 'too long'],
    [`hex:${'0g'.repeat(32)}`, 'no digits'],
    ['file:/etc/none', 'no such file'],
  ])('not %s: %s', (written) => expect(secretOf(written)).toBeUndefined());

  test('not a file of which only the beginning would be read', () => {
    expect(secretOf('file:/etc/key', inFile(`${key}\n${'#'.repeat(200)}`))).toBeUndefined();
  });

  test('better not in a file that others can read', () => {
    const text = hmac('key 1 file:/etc/key\nactive_key 1');
    expect(codesOf(text, inFile(key, 0o644))).toContain('open-key-file');
    expect(codesOf(text, inFile(key))).not.toContain('open-key-file');
  });
});

describe('what acts', () => {
  const active = `key 1 ${key}\nactive_key 1`;

  test('three advert intervals, at least five seconds, are the time window', () => {
    expect(authentication(hmac(active))).toMatchObject({ type: 'hmac', timeWindowS: 5, mode: 'enforce' });
    expect(authentication(hmac(active, 'advert_int 10'))).toMatchObject({ timeWindowS: 30 });
    expect(authentication(hmac(`${active}\ntime_window 12`))).toMatchObject({ timeWindowS: 12 });
  });

  test('with anti_replay monotonic there is none', () => {
    expect(authentication(hmac(`${active}\nanti_replay monotonic\ntime_window 9`))).not.toHaveProperty(
      'timeWindowS',
    );
  });

  test('strict mode enforces', () => {
    expect(authentication(hmac(`${active}\nmode permissive`, 'strict_mode'))).toMatchObject({
      mode: 'enforce',
    });
  });

  test('it takes the place of a password, and says so', () => {
    const password = 'authentication {\nauth_type PASS\nauth_pass 1234\n}';
    const text = instance('VI_1', 51, `version 2\n${password}\nauth_hmac {\n${active}\n}`);
    expect(authentication(text)).toMatchObject({ type: 'hmac' });
    expect(codesOf(text)).toContain('authentication-ignored');
  });

  test('without the key that signs there is no authentication, and no password either', () => {
    const text = hmac(`key 1 ${key}\nactive_key 2`);
    expect(authentication(text)).toEqual({ type: 'none' });
    expect(codesOf(text)).toContain('active-key-missing');
  });

  test('the trailer takes room in an advert', () => {
    const lines = Array.from({ length: 255 }, (_, index) => `10.0.0.${index + 1}`).join('\n');
    const text = `vrrp_instance VI_1 {\ninterface eth0\nversion 3\nvirtual_router_id 51\nvirtual_ipaddress {\n${lines}\n}\n`;
    const machine: FakeMachine = { interfaces: [{ name: 'eth0', mtu: 14 + 20 + 8 + 28 + 40 }] };
    const advertised = (more: string): number =>
      modelOf(`${text}${more}\n}\n`, machine).vrrp.instances[0]!.addresses.filter((each) => each.advertised)
        .length;
    expect(advertised(`auth_hmac {\n${active}\n}`)).toBe(10);
    expect(advertised(`auth_hmac {\n${active}\nmode receive-only\n}`)).toBe(17);
  });
});

describe('a key in a file stays there', () => {
  const file = (text: string): FakeMachine => ({ files: { '/etc/key': { text, mode: 0o600 } } });
  const text = hmac('key 1 file:/etc/key\nactive_key 1');
  const other = 'x'.repeat(32);

  test('what is printed names the file', () => {
    const printed = printConfiguration(modelOf(text, file(key)));
    expect(printed).toContain('key 1 file:/etc/key');
    expect(printed).not.toMatch(/k{32}|(6b){32}/);
    expect(judge(printed, file(key)).configuration?.vrrp).toEqual(modelOf(text, file(key)).vrrp);
  });

  test('another key in the same file is a change, and is not shown', () => {
    const [change, ...more] = diffConfigurations(modelOf(text, file(key)), modelOf(text, file(other)));
    expect(more).toEqual([]);
    expect(change?.text).toMatch(/^vrrp_instance VI_1: .*keys.1 .*[0-9a-f]{8}.*[0-9a-f]{8}/);
    expect(change?.text).not.toMatch(/(6b|78){8}/);
  });
});

describe('whether two routers believe one another', () => {
  const signing = (changes: Partial<HmacAuthentication> = {}): HmacAuthentication => ({
    type: 'hmac',
    keys: [{ id: 1, secret: '00' }],
    activeKey: 1,
    mode: 'enforce',
    ...changes,
  });
  const two = [
    { id: 1, secret: '00' },
    { id: 2, secret: '11' },
  ];
  const none = { type: 'none' } as const;

  test.each<[string, Authentication, Authentication, boolean]>([
    ['the same key', signing(), signing(), true],
    ['another secret under the same id', signing(), signing({ keys: [{ id: 1, secret: '11' }] }), false],
    ['a key more', signing(), signing({ keys: two }), true],
    ['the new key on one side only', signing(), signing({ keys: two, activeKey: 2 }), false],
    ['a key being exchanged', signing({ keys: two }), signing({ keys: two, activeKey: 2 }), true],
    ['one that does not sign', signing(), signing({ mode: 'receive-only' }), false],
    ['one that does not sign yet', signing({ mode: 'permissive' }), signing({ mode: 'receive-only' }), true],
    ['one that knows nothing of it', signing({ mode: 'permissive' }), none, false],
    ['one that knows nothing of it yet', signing({ mode: 'receive-only' }), none, true],
    ['one with a password', signing({ mode: 'receive-only' }), { type: 'pass', password: 'x' }, false],
    ['no authentication', none, none, true],
    ['different passwords', { type: 'ah', password: 'x' }, { type: 'ah', password: 'y' }, false],
  ])('%s', (_name, ours, theirs, outcome) => {
    expect([agree(ours, theirs), agree(theirs, ours)]).toEqual([outcome, outcome]);
  });
});
