import { type InstanceSettings } from '#vrrp/index.js';
import { type FakeMachine } from './host.js';
import { bare, codesOf, globals, instance, judge, modelOf } from './passes-parts.js';

/** vrrp_strict and strict_mode, rule by rule (keepalived.conf(5), vrrp_strict). */

const settings = (text: string, machine?: FakeMachine): InstanceSettings =>
  modelOf(text, machine).vrrp.instances[0]!;
const strictly = (lines: string): InstanceSettings => settings(instance('VI_1', 51, `strict_mode\n${lines}`));
const says = (lines: string): boolean =>
  codesOf(instance('VI_1', 51, `strict_mode\n${lines}`)).includes('strict-mode');

test('vrrp_strict is the default of strict_mode', () => {
  const state = (lines: string, inside: string): string =>
    settings(globals(lines) + instance('VI_1', 51, `state MASTER\npriority 100\n${inside}`)).initialState;
  expect([state('vrrp_strict', ''), state('vrrp_strict', 'strict_mode off'), state('', '')]).toEqual([
    'BACKUP',
    'MASTER',
    'MASTER',
  ]);
});

test('there must be a virtual address, whatever the version, and no_virtual_ipaddress does not help', () => {
  const refused = (lines: string): boolean => judge(bare('VI_1', 51, lines)).configuration === undefined;
  expect(refused('strict_mode\nversion 2')).toBe(true);
  expect(refused('strict_mode\nversion 2\nno_virtual_ipaddress')).toBe(true);
  expect(refused('version 2\nno_virtual_ipaddress')).toBe(false);
  expect(refused('version 3\nno_virtual_ipaddress')).toBe(false);
});

test('no unicast peers, but where the interface has no multicast', () => {
  const text = instance('VI_1', 51, 'strict_mode\nunicast_peer {\n192.0.2.2\n}');
  expect(judge(text).configuration).toBeUndefined();
  const machine: FakeMachine = { interfaces: [{ name: 'eth0', multicast: false }] };
  expect(settings(text, machine).transport.kind).toBe('unicast');
});

test('IPv6 is version 3', () => {
  const text = bare('VI_1', 51, 'strict_mode\nversion 2\nvirtual_ipaddress {\nfe80::1\n}');
  expect(settings(text).version).toBe(3);
});

test('the first IPv6 address should be link-local', () => {
  const text = bare('VI_1', 51, 'strict_mode\nvirtual_ipaddress {\n2001:db8::1\n}');
  expect(codesOf(text)).toContain('not-link-local');
});

test('state MASTER is for priority 255, and priority 255 is MASTER', () => {
  expect(strictly('state MASTER\npriority 254').initialState).toBe('BACKUP');
  expect(strictly('state BACKUP\npriority 255').initialState).toBe('MASTER');
  expect(says('state BACKUP\npriority 255')).toBe(true);
});

test('no authentication of version 2', () => {
  const text = instance('VI_1', 51, 'strict_mode\nauthentication {\nauth_type PASS\nauth_pass 1234\n}');
  expect(settings(text).authentication).toEqual({ type: 'none' });
  expect(codesOf(text)).toContain('authentication-ignored');
});

test('auth_hmac enforces', () => {
  const hmac = `auth_hmac {\nkey 1 ${'k'.repeat(32)}\nactive_key 1\nmode receive-only\n}`;
  expect(strictly(hmac).authentication).toMatchObject({ mode: 'enforce' });
});

test('no preempt_delay', () => expect(strictly('preempt_delay 5').preemptDelay).toBe(0));

test('three adverts are missed, not more or less', () => {
  expect(strictly('down_timer_adverts 5').downTimerAdverts).toBe(3);
  expect(says('down_timer_adverts 5')).toBe(true);
});

test('no accept, but for the owner; in version 2 not even if asked for', () => {
  const accept = (lines: string): boolean =>
    modelOf(instance('VI_1', 51, `strict_mode\n${lines}`)).details.instances['VI_1']!.accept;
  expect(['', 'priority 255', 'version 3', 'version 3\naccept', 'accept'].map(accept)).toEqual([
    false,
    true,
    false,
    true,
    false,
  ]);
  expect(says('accept')).toBe(true);
});

test('no gratuitous ARP against lower priorities', () => {
  const { garp } = strictly('garp_lower_prio_repeat 3\ngarp_lower_prio_delay 10');
  expect([garp.lowerPriorityRepeat, garp.lowerPriorityDelay]).toEqual([0, 0]);
});

test('no advert against lower priorities, and none against higher ones', () => {
  const { lowerPriorityNoAdvert, higherPrioritySendAdvert } = strictly(
    'lower_prio_no_advert off\nhigher_prio_send_advert',
  );
  expect([lowerPriorityNoAdvert, higherPrioritySendAdvert]).toEqual([true, false]);
  expect([says('lower_prio_no_advert off'), says('higher_prio_send_advert')]).toEqual([true, true]);
});

test('the owner ignores adverts', () => {
  expect(strictly('priority 255').ownerIgnoresAdverts).toBe(true);
  expect(settings(instance('VI_1', 51, 'priority 255')).ownerIgnoresAdverts).toBe(false);
});

test("the virtual MAC address is the RFC's, and adverts are sent from it", () => {
  expect(says('use_vmac vrrp.51 00:11:22:33:44:55')).toBe(true);
  expect(says('use_vmac\nvmac_xmit_base')).toBe(true);
  const link = JSON.stringify(modelOf(instance('VI_1', 51, 'strict_mode\nuse_vmac\nvmac_xmit_base')));
  expect(link).not.toContain('"transmitOnBase":true');
});

test('the defaults alone are nothing to be told of', () => expect(says('')).toBe(false));
