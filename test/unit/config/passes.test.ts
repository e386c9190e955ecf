import { bare, codesOf, globals, instance, judge, modelOf, script, secure } from './passes-parts.js';

describe('statements', () => {
  test('that are unknown are left out, with the nearest that is known here', () => {
    const { problems, configuration } = judge(instance('VI_1', 51, 'prioriti 7'));
    expect(problems).toMatchObject([{ severity: 'error', code: 'unknown-keyword', suggestion: 'priority' }]);
    expect(configuration?.vrrp.instances[0]?.priority).toBe(100);
  });

  test('that belong elsewhere are told where', () => {
    const [problem] = judge(instance('VI_1', 51, 'router_id LVS')).problems;
    expect(problem?.notes).toEqual([{ text: "'router_id' belongs in global_defs" }]);
  });

  test('with a block that is unknown are left out as a whole', () => {
    expect(codesOf(`nothing {\npriority 7\nother {\n}\n}\n${instance('VI_1', 51)}`)).toEqual([
      'unknown-keyword',
    ]);
  });

  test('are told at the word that is wrong', () => {
    const text = instance('VI_1', 51, 'priority 256');
    const [problem] = judge(text).problems;
    expect(problem?.span).toMatchObject({ line: text.split('\n').indexOf('priority 256') + 1, column: 10 });
  });
});

describe('the exit status', () => {
  const unsafe = instance('VI_1', 51, 'notify "/etc/keepalived/notify.sh"');
  test.each([
    ['a good file', 0, instance('VI_1', 51)],
    ['a script without security', 6, unsafe],
    ['security, and a mistake beside', 6, unsafe + instance('VI_2', 52, 'prioriti 7')],
    ['a missing word, and anything beside', 2, unsafe + instance('VI_2', 52, 'priority')],
    ['a mistake in a place that keepalived only logs', 0, secure + script('chk')],
    [
      'a static address without a place, and a mistake',
      5,
      `static_ipaddress {\n192.0.2.5\n}\n${globals('foo')}`,
    ],
  ])('of %s is %i', (_, status, text) => {
    expect(judge(text, { interfaces: ['eth0', 'eth1'] }).exitCode).toBe(status);
  });

  test('of a static address that has nowhere to go is 4', () => {
    expect(judge('static_ipaddress {\n192.0.2.5\n}\n', { interfaces: ['ens1'] }).exitCode).toBe(4);
  });
});

describe('the model', () => {
  const text = `${globals('router_id LVS\nvrrp_rt_priority 50\nchecker_rlimit_rttime 1000\nprocess_names')}${bare('VI_1', 51)}`;

  test('is plain data', () => {
    const model = modelOf(text);
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });

  test('names the router after the host unless told', () => {
    expect(modelOf(text).global.routerId).toBe('LVS');
    expect(modelOf('', { hostName: 'a.example' }).global.routerId).toBe('a.example');
  });

  test('of an empty file holds nothing', () => {
    const { vrrp, health } = modelOf('');
    expect([vrrp.instances, vrrp.syncGroups, vrrp.scripts, health.pools]).toEqual([[], [], [], []]);
  });
});
